"""From a draft to the bytes of a mail: everything shared is made once, each letter fills only its slots.

Bodies are UTF-8 in base64: seven-bit clean through any relay, no line too long, no line beginning with a dot. Base64
works on groups of three bytes, and a slot shifts what follows it; so each stretch between two slots is encoded
beforehand for the three possible shifts, and a letter encodes nothing but its own few bytes.
"""

import hashlib
import html
import re
import time
from binascii import b2a_base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from madoguchi.delivery import dkim, headers, jis
from madoguchi.delivery.headers import Unfit
from madoguchi.delivery.renderers import SLOT, Draft

Values = Mapping[str, str]

# Filled by the engine for every letter; a draft may use them too.
TO, DATE, MESSAGE_ID = "letter_to", "letter_date", "letter_message_id"

# What the engine writes itself; a draft naming one of them is a mistake. Message-ID may be given.
_OWN = {"from", "to", "cc", "bcc", "sender", "subject", "date", "mime-version", "return-path", "received"}
_OWN |= {"auto-submitted", "x-auto-response-suppress", "feedback-id", "dkim-signature"}

# Values of one slot that are looked out for.
_KNOWN = 32

_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class _Piece(Protocol):
    def fill(self, values: Values) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Composed:
    """A mailing's message in one language and format. ``sender`` is the envelope's.

    ``own_ids``: the letter's own Message-ID is among the slots, not one that the draft brings. ``keys`` sign each
    letter.
    """

    sender: str
    own_ids: bool
    pieces: tuple[bytes | _Piece, ...]
    keys: tuple[dkim.Key, ...] = ()

    def splice(self, values: Values) -> bytes:
        """The whole message for one letter, lines ending in CRLF, needing no dot-stuffing.

        Raises :class:`Unfit` when a slot has no value or one that its place cannot hold.
        """
        message = b"".join([piece if isinstance(piece, bytes) else piece.fill(values) for piece in self.pieces])
        if self.keys:
            return dkim.signed(message, self.keys, domain=settings.DKIM_DOMAIN, at=int(time.time()))
        return message


def message_id(letter: int) -> str:
    """The letter's Message-ID, the same whenever it is made, so that a repetition after a crash is recognisable."""
    key = settings.SECRET_KEY.encode()[:64]
    mark = hashlib.blake2b(b"%d" % letter, key=key, digest_size=6, person=b"message-id").hexdigest()
    return f"<{letter}.{mark}@{settings.OPERATOR['domain']}>"


def feedback_id(mailing: int, renderer: str) -> str:
    """What Gmail's feedback loop sorts complaints by: the mailing, the kind of mail, the product, and last the sender,
    5 to 15 characters that stay the same in all mail of an operator."""
    sender = re.sub(r"[^a-z0-9]", "", settings.OPERATOR["domain"].lower())[:15].ljust(5, "0")
    return f"{mailing}:{renderer}:madoguchi:{sender}"


def compose(draft: Draft, *, language: str, feedback_id: str) -> Composed:
    """Make everything of ``draft`` that does not differ between letters.

    Raises :class:`Unfit` for a header that a draft may not have.
    """
    # Old phones: the short text in the charset they were made for, where the operator chooses it.
    old = settings.ISO_2022_JP == "short" and language == "ja" and draft.html is None
    words = jis.encoded_words if old else headers.encoded_words
    name = headers.display_name(settings.OPERATOR[f"name_{language}"], words)
    sender = headers.address(draft.sender)
    pieces: list[bytes | _Piece] = [
        f"From: {name} <{sender}>\r\nTo: <".encode(),
        _HeaderSlot(TO),
        b">\r\nSubject: ",
        _Subject(draft.subject, words)
        if SLOT.search(draft.subject)
        else headers.unstructured(draft.subject, words).encode(),
        b"\r\nDate: ",
        _HeaderSlot(DATE),
        b"\r\n",
    ]
    own_ids = "message-id" not in {field.lower() for field, _ in draft.headers}
    if own_ids:
        pieces += [b"Message-ID: ", _HeaderSlot(MESSAGE_ID), b"\r\n"]
    for field, value in draft.headers:
        pieces += _header(field, value)
    pieces.append(
        b"Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"
        + f"Feedback-ID: {headers.printable(feedback_id, what='Feedback-ID')}\r\nMIME-Version: 1.0\r\n".encode()
    )
    pieces += _seven_bit(draft.text) if old else _content(draft)
    return Composed(sender=sender, own_ids=own_ids, pieces=_joined(pieces), keys=dkim.configured())


def _header(field: str, value: str) -> list[bytes | _Piece]:
    if field.lower() in _OWN or field.lower().startswith("content-"):
        raise Unfit(f"header {field} is the engine's own")
    pieces: list[bytes | _Piece] = [f"{headers.field_name(field)}: ".encode()]
    if not SLOT.search(value):
        return [*pieces, headers.unstructured(value).encode(), b"\r\n"]
    if whole := SLOT.fullmatch(value):
        return [_OptionalHeader(headers.field_name(field), whole[1])]
    for index, part in enumerate(SLOT.split(value)):
        pieces.append(_HeaderSlot(part) if index % 2 else headers.printable(part, what=f"header {field}").encode())
    return [*pieces, b"\r\n"]


def _content(draft: Draft) -> list[bytes | _Piece]:
    text = _body("plain", draft.text, _plain)
    if draft.html is None:
        return text
    # Neither "_" nor "." occurs in base64, so no line of a part can be taken for the boundary.
    boundary = "=_" + hashlib.blake2b(draft.text.encode("utf-8", "replace"), digest_size=12).hexdigest() + "._"
    return [
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n--{boundary}\r\n'.encode(),
        *text,
        f"\r\n--{boundary}\r\n".encode(),
        *_body("html", draft.html, _escaped),
        f"\r\n--{boundary}--\r\n".encode(),
    ]


def _body(subtype: str, text: str, convert: Callable[[str], bytes]) -> list[bytes | _Piece]:
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
    parts = SLOT.split(text)
    statics = [_plain(part) for part in parts[::2]]
    if len(parts) == 1:
        return [head + _lines(statics[0])]
    return [head, _Base64.of(statics, parts[1::2], convert)]


def _seven_bit(text: str) -> list[bytes | _Piece]:
    parts = SLOT.split(text)
    body = _SevenBit(tuple(_in_jis(part) for part in parts[::2]), tuple(parts[1::2]))
    return [b"Content-Type: text/plain; charset=iso-2022-jp\r\nContent-Transfer-Encoding: 7bit\r\n\r\n", body]


def _in_jis(text: str) -> bytes:
    return jis.encode(_LINE_ENDS.sub("\r\n", _CONTROLS.sub("", text)))


def _joined(pieces: list[bytes | _Piece]) -> tuple[bytes | _Piece, ...]:
    """The same with neighbouring bytes made one."""
    joined: list[bytes | _Piece] = []
    for piece in pieces:
        if joined and isinstance(piece, bytes) and isinstance(joined[-1], bytes):
            joined[-1] += piece
        else:
            joined.append(piece)
    return tuple(joined)


def _value(values: Values, name: str) -> str:
    try:
        return values[name]
    except KeyError:
        raise Unfit(f"no value for slot {name}") from None


@dataclass(frozen=True, slots=True)
class _HeaderSlot:
    name: str

    def fill(self, values: Values) -> bytes:
        return headers.printable(_value(values, self.name), what=f"slot {self.name}").encode()


@dataclass(frozen=True, slots=True)
class _OptionalHeader:
    """A header that is one slot and nothing else: left out of the letters whose value is empty."""

    field: str
    name: str

    def fill(self, values: Values) -> bytes:
        value = _value(values, self.name)
        return f"{self.field}: {headers.printable(value, what=f'slot {self.name}')}\r\n".encode() if value else b""


@dataclass(frozen=True, slots=True)
class _Subject:
    text: str
    words: Callable[[str], str]

    def fill(self, values: Values) -> bytes:
        return headers.unstructured(SLOT.sub(lambda match: _value(values, match[1]), self.text), self.words).encode()


@dataclass(frozen=True, slots=True)
class _SevenBit:
    """A body in ISO-2022-JP, its ``stretches`` encoded each for itself."""

    stretches: tuple[bytes, ...]
    slots: tuple[str, ...]

    def fill(self, values: Values) -> bytes:
        done = [self.stretches[0]]
        for name, stretch in zip(self.slots, self.stretches[1:], strict=True):
            done += [_in_jis(_value(values, name)), stretch]
        # No line begins with a dot, which SMTP would have doubled.
        return b"\r\n".join(b" " + line if line[:1] == b"." else line for line in b"".join(done).split(b"\r\n"))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The bytes between two slots. ``shifted[n]`` is what remains after its first n bytes went to the group before:
    whole groups encoded, and the bytes left over."""

    raw: bytes
    shifted: tuple[tuple[bytes, bytes], ...]

    @classmethod
    def of(cls, raw: bytes) -> "_Stretch":
        shifted = []
        for taken in range(3):
            whole = len(raw) - (len(raw) - taken) % 3
            shifted.append((_lines(raw[taken:whole]), raw[whole:]) if len(raw) >= taken else (b"", b""))
        return cls(raw, tuple(shifted))


class _Repeated:
    """What became of a slot's values that came more than once: most slots have the same few in many letters. Of a value
    that came once (a link's token) nothing is kept."""

    __slots__ = ("_seen", "known")

    def __init__(self) -> None:
        # The bytes left over before the slot and its value: what they became, and the bytes left over then.
        self.known: dict[tuple[bytes, str], tuple[bytes, bytes]] = {}
        self._seen: set[int] = set()

    def note(self, before: tuple[bytes, str], after: tuple[bytes, bytes]) -> None:
        mark = hash(before)
        if mark in self._seen and len(self.known) < _KNOWN:
            self.known[before] = after
        elif len(self._seen) < _KNOWN:
            self._seen.add(mark)


@dataclass(frozen=True, slots=True)
class _Base64:
    """A body with slots: ``stretches`` is one longer than ``slots``."""

    stretches: tuple[_Stretch, ...]
    slots: tuple[str, ...]
    convert: Callable[[str], bytes]
    repeated: tuple["_Repeated", ...]

    @classmethod
    def of(cls, statics: Sequence[bytes], slots: Sequence[str], convert: Callable[[str], bytes]) -> "_Base64":
        return cls(tuple(map(_Stretch.of, statics)), tuple(slots), convert, tuple(_Repeated() for _ in slots))

    def fill(self, values: Values) -> bytes:
        encoded, rest = self.stretches[0].shifted[0]
        done = [encoded]
        for index, name in enumerate(self.slots):
            value, repeated = _value(values, name), self.repeated[index]
            found = repeated.known.get((rest, value))
            if found is None:
                found = self._encoded(rest + self.convert(value), self.stretches[index + 1])
                repeated.note((rest, value), found)
            encoded, rest = found
            done.append(encoded)
        done.append(_lines(rest))
        return b"".join(done)

    @staticmethod
    def _encoded(raw: bytes, then: _Stretch) -> tuple[bytes, bytes]:
        """``raw`` and the stretch after it, encoded, and the bytes left over."""
        needed = -len(raw) % 3
        if len(then.raw) < needed:
            return b"", raw + then.raw
        encoded, rest = then.shifted[needed]
        return _lines(raw + then.raw[:needed]) + encoded, rest


def _lines(raw: bytes) -> bytes:
    """``raw`` in base64, lines of at most 76 characters."""
    if len(raw) <= 57:
        return b2a_base64(raw, newline=False) + b"\r\n" if raw else b""
    return b"".join(b2a_base64(raw[start : start + 57], newline=False) + b"\r\n" for start in range(0, len(raw), 57))


def _plain(text: str) -> bytes:
    if text.isprintable():  # most values are, and the line ends of the others are CRLF in a mail
        return text.encode("utf-8", "replace")
    return _LINE_ENDS.sub("\r\n", _CONTROLS.sub("", text)).encode("utf-8", "replace")


def _escaped(text: str) -> bytes:
    return _plain(html.escape(text))
