"""Header fields that a strict parser accepts and nobody can inject into (RFC 5322, RFC 2047)."""

import re
from binascii import b2a_base64
from collections.abc import Callable

# C0 and C1 controls, and the separators that some software takes for line ends.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# The same with what is not ASCII (RFC 6531); that it can be printed is asked apart.
_WIDE = _ATOM.replace("A-Za-z", "A-Za-z\x80-\U0010ffff", 1)
# Dot-atom or quoted string, then a name of at least one label (RFC 5321 4.1.2, without address literals).
_ADDRESS = re.compile(
    rf"(?:{_WIDE}(?:\.{_WIDE})*|\"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])+\")@{_LABEL}(?:\.{_LABEL})*"
)
# Whole groups of three bytes, so that "Subject: ", "=?utf-8?b?", the word and "?=" are a line of at most 76 characters
# (RFC 2047, 2).
_WORD_BYTES = 39


class Unfit(ValueError):
    """Something cannot be part of a mail; the message says what and shows no personal data."""


def address(value: str) -> str:
    """``value`` as it goes into the envelope and To: its domain in the form DNS knows, its local part ASCII but where
    the relay is to take SMTPUTF8.

    Raises :class:`Unfit` for what RFC 5321 does not allow; ``a..b@…`` of old phones must come quoted.
    """
    local, _, domain = value.rpartition("@")
    if not domain.isascii():
        try:
            value = f"{local}@{domain.encode('idna').decode()}"
        except UnicodeError:
            raise Unfit("address") from None
    if len(value.encode("utf-8", "replace")) > 320 or not _ADDRESS.fullmatch(value) or not value.isprintable():
        raise Unfit("address")
    return value


def field_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Unfit(f"header name {name!r}")
    return name


def printable(value: str, *, what: str) -> str:
    """``value`` if it is printable ASCII; raises :class:`Unfit` otherwise, so that nothing can end a header line."""
    if not (value.isascii() and value.isprintable()):
        raise Unfit(f"{what} is not printable ASCII")
    return value


def visible(value: str, *, what: str) -> str:
    """The same for where UTF-8 may stand (RFC 6532): printable, on one line."""
    if not value.isprintable():
        raise Unfit(f"{what} is not printable")
    return value


def unstructured(text: str, words: Callable[[str], str] | None = None) -> str:
    """``text`` on one line as a header value: as it is where it is plain ASCII, else as encoded words, folded."""
    text = _BREAKS.sub(" ", text).strip()
    if text.isascii() and "=?" not in text and len(text) <= 900:
        return text
    return (words or encoded_words)(text)


def display_name(text: str, words: Callable[[str], str] | None = None) -> str:
    """``text`` as the name before an address: a quoted string, or encoded words."""
    text = _BREAKS.sub(" ", text).strip()
    if not text.isascii() or "=?" in text:
        return (words or encoded_words)(text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def encoded_words(text: str) -> str:
    """RFC 2047 encoded words, one a line, none splitting a character."""
    words: list[bytes] = [b""]
    for character in text:
        encoded = character.encode("utf-8", "replace")
        if len(words[-1]) + len(encoded) > _WORD_BYTES:
            words.append(b"")
        words[-1] += encoded
    return "\r\n ".join(f"=?utf-8?b?{b2a_base64(word, newline=False).decode()}?=" for word in words)
