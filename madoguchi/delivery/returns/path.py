"""Where mail comes back to: one address for each letter (VERP), which only this site can make.

``r+<letter>.<mark>@<return domain>`` is a letter's envelope sender, ``u+<token>@…`` takes the wish to get no more of
something, and ``complaints@…`` takes what providers report (a feedback loop). The mark is an HMAC, so nobody can have
another's address stopped. Upper and lower case mean the same, and systems on the way may have made the plus another
sign: both are read.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings

COMPLAINTS = "complaints"

# 80 bits: a guess is tried over the network, one mail each.
_MARK_BYTES = 10
_RETURN = re.compile(r"r[+=_#-](?P<letter>[0-9]{1,19})[._-](?P<mark>[0-9a-f]{20})", re.I | re.A)
_WISH = re.compile(r"u[+=_#-](?P<token>[0-9a-z.-]{1,62})", re.I | re.A)
_LARGEST = 2**63 - 1


def return_path(letter: int) -> bytes:
    """The envelope sender of ``letter``; empty where the settings name no domain for it."""
    make = return_paths()
    return make(letter) if make else b""


def return_paths() -> Callable[[int], bytes] | None:
    """What :func:`return_path` does, for many letters: the settings are looked at once."""
    if not settings.RETURN_DOMAIN:
        return None
    key, rest = _keys()[0], b"@" + settings.RETURN_DOMAIN.encode()
    return lambda letter: b"r+%d.%b%b" % (letter, _mark(key, letter), rest)


def read(address: str) -> int | None:
    """The letter whose return path ``address`` is; None for any other, and for one without its mark."""
    parts = _RETURN.fullmatch(_local(address))
    return _letter(parts) if parts else None


def found_in(message: bytes) -> int | None:
    """The first letter whose return path stands anywhere in ``message``.

    For what arrives under another address: a mailbox that strips what follows the plus, a feedback loop.
    """
    if not settings.RETURN_DOMAIN:
        return None
    text = message.decode("ascii", "replace")
    domain = settings.RETURN_DOMAIN.lower()
    for parts in _RETURN.finditer(text):
        here = text[parts.end() : parts.end() + 1 + len(domain)].lower()
        if here == f"@{domain}" and (letter := _letter(parts)) is not None:
            return letter
    return None


def reference(letter: int) -> str:
    """What a provider is given to name ``letter`` by, and gives back with what it tells of it."""
    return f"r+{letter}.{_mark(_keys()[0], letter).decode()}"


def referred(text: object) -> int | None:
    """The letter whose :func:`reference` this is; None for anything else."""
    parts = _RETURN.fullmatch(text) if isinstance(text, str) else None
    return _letter(parts) if parts else None


def wish(address: str) -> str | None:
    """The token in an address that takes the wish to get no more of something; None for any other address."""
    parts = _WISH.fullmatch(_local(address))
    return parts["token"].lower() if parts else None


def wish_path(token: str) -> str | None:
    """The address that takes the wish ``token`` stands for; None where there is none, or the token is too long."""
    if not settings.RETURN_DOMAIN or not _WISH.fullmatch(f"u+{token}"):
        return None
    return f"u+{token}@{settings.RETURN_DOMAIN}"


def is_ours(address: str) -> bool:
    """Whether mail to ``address`` is taken: decided without the database."""
    return read(address) is not None or wish(address) is not None or _local(address).lower() == COMPLAINTS


def _local(address: str) -> str:
    """The local part of an address under the return domain; empty for others."""
    local, _at, domain = address.strip().strip("<>").rpartition("@")
    return local if settings.RETURN_DOMAIN and domain.lower() == settings.RETURN_DOMAIN.lower() else ""


def _letter(parts: re.Match[str]) -> int | None:
    letter, mark = int(parts["letter"]), parts["mark"].lower().encode()
    if letter > _LARGEST:
        return None
    # Every key is tried, so that a key can be changed while mail is still coming back.
    good = [hmac.compare_digest(_mark(key, letter), mark) for key in _keys()]
    return letter if any(good) else None


def _mark(key: bytes, letter: int) -> bytes:
    return hmac.digest(key, b"%d" % letter, "sha256")[:_MARK_BYTES].hex().encode()


def _keys() -> tuple[bytes, ...]:
    return _derived(tuple(settings.SEALING_KEYS))


@lru_cache(maxsize=4)
def _derived(keys: tuple[str, ...]) -> tuple[bytes, ...]:
    """A key for this use alone from each of the site's."""
    return tuple(hashlib.sha256(b"madoguchi return path\0" + key.encode()).digest() for key in keys)
