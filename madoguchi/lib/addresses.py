"""Mail addresses as people type them, made into what is stored and compared."""

import re
import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

LONGEST = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets

# Gave out addresses with dots where RFC 5321 allows none (a..b@, a.@), until 2009 and thereabouts; many live on.
_OLD_MOBILE = ("docomo.ne.jp", "ezweb.ne.jp", "au.com")
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_QUOTED_DOTS = re.compile(rf'"((?:{_ATOM}|\.)+)"', re.I)

# Scripts that stand in one word; any other one stands alone (UTS 39, "highly restrictive"): no Cyrillic а among Latin.
_TOGETHER = tuple(frozenset({"LATIN", "CJK", *more}) for more in (("HIRAGANA", "KATAKANA"), ("BOPOMOFO",), ("HANGUL",)))
_valid = EmailValidator()


class BadAddress(ValueError):
    """Nothing can be delivered to this; ``why`` is ``form``, ``dots`` (they alone are wrong), ``length``,
    ``characters`` or, where it needs what our relays do not take (SMTPUTF8), ``international``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def normal_address(typed: str) -> str:
    """One spelling of an address: half-width, lower case, the domain of a Japanese name in its ASCII form.

    Lower case in the local part too: no mail system in use tells them apart, and people type both. An old mobile
    address such as ``a..b@docomo.ne.jp`` keeps the form its holder knows, typed with or without quotes;
    :func:`envelope` is how it is sent. Raises :class:`BadAddress`.

    A local part beyond ASCII (RFC 6531) is brought to one spelling by the same rules (as RFC 8265 has it for user
    names), has letters and digits of one script, and is taken only where the relays take it.
    """
    address = _folded(typed.strip())
    if any(unicodedata.category(character).startswith("C") for character in address):
        raise BadAddress("characters")
    local, _at, domain = address.rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode('ascii')}" if domain else address
    except UnicodeError:
        raise BadAddress("form") from None
    if quoted := _QUOTED_DOTS.fullmatch(local):
        local, address = quoted[1], address.replace(f'"{quoted[1]}"', quoted[1], 1)
    if len(envelope(address).encode()) > LONGEST:
        raise BadAddress("length")
    form = envelope(address) if domain in _OLD_MOBILE else address
    if not local.isascii():
        if not _is_international(local):
            raise BadAddress("form")
        form = f"x@{address.rpartition('@')[2]}"
    try:
        _valid(form)
    except ValidationError:
        raise BadAddress("dots" if _has_only_wrong_dots(address) else "form") from None
    if not (local.isascii() or settings.SMTPUTF8):
        raise BadAddress("international")
    if len(local.encode()) > 64:
        raise BadAddress("length")
    return address


def _folded(text: str) -> str:
    # Once more after the capitals are gone: what takes the place of some is itself put together.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())


def _is_international(local: str) -> bool:
    """Whether it is dots and atoms of letters, marks and digits, in scripts that belong together."""
    others = [character for character in local if not character.isascii()]
    if not all(unicodedata.category(character)[0] in "LMN" for character in others):
        return False
    # As many letters in their place: what remains is a matter of ASCII.
    if not re.fullmatch(rf"{_ATOM}(?:\.{_ATOM})*", re.sub(r"[^\x00-\x7f]", "x", local)):
        return False
    if any(unicodedata.category(atom[0])[0] == "M" for atom in local.split(".")):
        return False
    scripts = {_script(character) for character in local if character.isalpha()}
    return len(scripts) == 1 or any(scripts <= together for together in _TOGETHER)


def _has_only_wrong_dots(address: str) -> bool:
    """Whether it would be an address with the dots that are too many gone."""
    local, _at, domain = address.rpartition("@")
    try:
        _valid(f"{re.sub(r'[.]{2,}', '.', local.strip('.'))}@{domain}")
    except ValidationError:
        return False
    return is_odd(address)


def _script(letter: str) -> str:
    """As its name begins: CYRILLIC, HIRAGANA, CJK."""
    script = re.split(r"[ -]", unicodedata.name(letter, "?"))[0]
    return "CJK" if script == "IDEOGRAPHIC" else script


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
