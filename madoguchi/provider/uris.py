"""Which addresses of a site the provider may send a customer to: https, or http on the developer's own machine.

An address is compared character by character with those registered (RFC 9700, 2.1), so what is registered must be
plain: no pattern, nothing a browser would rewrite.
"""

import re
from urllib.parse import SplitResult, urlsplit

LONGEST = 500
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# RFC 3986 without the characters that browsers repair or programs read as a pattern.
_PLAIN = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()+,;=%]+")


class WrongAddress(ValueError):
    """The address cannot be registered; ``reason`` is one of :data:`REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


REASONS = ("long", "characters", "wildcard", "fragment", "scheme", "host", "user", "path")


def checked(address: str) -> str:
    """``address`` if a site may register it; raises :class:`WrongAddress` otherwise."""
    if len(address) > LONGEST:
        raise WrongAddress("long")
    if "#" in address:
        raise WrongAddress("fragment")
    if "*" in address:
        raise WrongAddress("wildcard")
    if not _PLAIN.fullmatch(address):
        raise WrongAddress("characters")
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise WrongAddress("host") from None
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and host and host not in _LOOPBACK):
        raise WrongAddress("scheme")
    if not host:
        raise WrongAddress("host")
    if parts.username is not None or parts.password is not None:
        raise WrongAddress("user")
    if any(step in (".", "..") for step in parts.path.split("/")):
        raise WrongAddress("path")
    return address


def host(address: str) -> str:
    return urlsplit(address).hostname or ""


def origin(address: str) -> str:
    """``https://host:port`` of ``address``, as a Content-Security-Policy names it."""
    parts: SplitResult = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
