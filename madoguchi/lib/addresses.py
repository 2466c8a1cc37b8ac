"""Mail addresses as people type them, made into what is stored and compared."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

LONGEST = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets

_valid = EmailValidator()


class BadAddress(ValueError):
    """Nothing can be delivered to this; ``why`` is ``form``, ``length`` or ``characters``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def normal_address(typed: str) -> str:
    """One spelling of an address: half-width, lower case, the domain of a Japanese name in its ASCII form.

    Lower case in the local part too: no mail system in use tells them apart, and people type both.
    Raises :class:`BadAddress`.
    """
    address = unicodedata.normalize("NFKC", typed.strip()).lower()
    if any(unicodedata.category(character).startswith("C") for character in address):
        raise BadAddress("characters")
    local, _at, domain = address.rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode('ascii')}" if domain else address
    except UnicodeError:
        raise BadAddress("form") from None
    if len(address) > LONGEST:
        raise BadAddress("length")
    try:
        _valid(address)
    except ValidationError:
        raise BadAddress("form") from None
    if len(local.encode()) > 64:
        raise BadAddress("length")
    return address


def masked(address: str) -> str:
    """Enough for somebody who knows the address to recognise it: ``h•••@example.jp``."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"
