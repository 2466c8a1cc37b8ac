"""Mail addresses as people type them, made into what is stored and compared."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

LONGEST = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets

# Gave out addresses with dots where RFC 5321 allows none (a..b@, a.@), until 2009 and thereabouts; many live on.
_OLD_MOBILE = ("docomo.ne.jp", "ezweb.ne.jp", "au.com")
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_QUOTED_DOTS = re.compile(rf'"((?:{_ATOM}|\.)+)"', re.I)

_valid = EmailValidator()


class BadAddress(ValueError):
    """Nothing can be delivered to this; ``why`` is ``form``, ``length`` or ``characters``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def normal_address(typed: str) -> str:
    """One spelling of an address: half-width, lower case, the domain of a Japanese name in its ASCII form.

    Lower case in the local part too: no mail system in use tells them apart, and people type both. An old mobile
    address such as ``a..b@docomo.ne.jp`` keeps the form its holder knows, typed with or without quotes;
    :func:`envelope` is how it is sent. Raises :class:`BadAddress`.
    """
    address = unicodedata.normalize("NFKC", typed.strip()).lower()
    if any(unicodedata.category(character).startswith("C") for character in address):
        raise BadAddress("characters")
    local, _at, domain = address.rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode('ascii')}" if domain else address
    except UnicodeError:
        raise BadAddress("form") from None
    if quoted := _QUOTED_DOTS.fullmatch(local):
        local, address = quoted[1], address.replace(f'"{quoted[1]}"', quoted[1], 1)
    if len(envelope(address)) > LONGEST:
        raise BadAddress("length")
    try:
        _valid(envelope(address) if domain in _OLD_MOBILE else address)
    except ValidationError:
        raise BadAddress("form") from None
    if len(local.encode()) > 64:
        raise BadAddress("length")
    return address


def masked(address: str) -> str:
    """Enough for somebody who knows the address to recognise it: ``h•••@example.jp``."""
    local, _at, domain = plain(address).rpartition("@")
    return f"{local[:1]}•••@{domain}"


def is_odd(address: str) -> bool:
    """Whether the local part has dots where RFC 5321 allows none, in either form: its mail may not arrive."""
    local = plain(address).rpartition("@")[0]
    return ".." in local or local.startswith(".") or local.endswith(".")


def envelope(address: str) -> str:
    """The address as SMTP takes it: a local part with dots in odd places becomes a quoted string (RFC 5321, 4.1.2)."""
    local, _at, domain = address.rpartition("@")
    return f'"{local}"@{domain}' if is_odd(address) and not local.startswith('"') else address


def plain(address: str) -> str:
    """The form the holder of an odd address knows: :func:`envelope` undone."""
    local, _at, domain = address.rpartition("@")
    return f"{local[1:-1]}@{domain}" if local.startswith('"') and local.endswith('"') and len(local) > 2 else address
