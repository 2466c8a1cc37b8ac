"""How we prove to a relay who we are (RFC 4954): PLAIN where it is offered, else LOGIN."""

import base64
from collections.abc import Collection


def offered_mechanisms(extensions: Collection[str]) -> set[str]:
    """The mechanisms in what a relay answered to EHLO, in upper case; also in the ``AUTH=`` form of old servers."""
    found: set[str] = set()
    for line in extensions:
        word, _, rest = line.replace("=", " ", 1).partition(" ")
        if word == "AUTH":
            found.update(rest.split())
    return found


def dialogue(mechanisms: Collection[str], user: str, password: str) -> list[tuple[str, int]]:
    """What to send, and the code to be answered to each. Without a mechanism we know, PLAIN is tried all the same."""
    if "LOGIN" in mechanisms and "PLAIN" not in mechanisms:
        return [("AUTH LOGIN", 334), (_encoded(user), 334), (_encoded(password), 235)]
    return [(f"AUTH PLAIN {_encoded(f'{chr(0)}{user}{chr(0)}{password}')}", 235)]


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
