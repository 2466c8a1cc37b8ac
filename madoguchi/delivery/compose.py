"""From a draft to the bytes of a mail: everything shared is made once, each letter fills only its slots.

Bodies are UTF-8 in base64 (see :mod:`.bodies`): seven-bit clean through any relay, no line too long, no line beginning
with a dot.
"""

import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from madoguchi.delivery import bodies, dkim, headers, jis
from madoguchi.delivery.bodies import Piece, Values, value_of
from madoguchi.delivery.headers import Unfit
from madoguchi.delivery.renderers import SLOT, Draft

# Filled by the engine for every letter; a draft may use them too.
TO, DATE, MESSAGE_ID = "letter_to", "letter_date", "letter_message_id"

# What the engine writes itself; a draft naming one of them is a mistake. Message-ID may be given.
_OWN = {"from", "to", "cc", "bcc", "sender", "subject", "date", "mime-version", "return-path", "received"}
_OWN |= {"auto-submitted", "x-auto-response-suppress", "feedback-id", "dkim-signature"}


@dataclass(frozen=True, slots=True)
class Composed:
    """A mailing's message in one language and format. ``sender`` is the envelope's.

    ``own_ids``: the letter's own Message-ID is among the slots, not one that the draft brings. ``keys`` sign each
    letter.
    """

    sender: str
    own_ids: bool
    pieces: tuple[bytes | Piece, ...]
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


def compose(draft: Draft, *, language: str, feedback_id: str, old: bool = False) -> Composed:
    """Make everything of ``draft`` that does not differ between letters; ``old``: in ISO-2022-JP, where it is plain.

    Raises :class:`Unfit` for a header that a draft may not have.
    """
    old = old and draft.html is None
    words = jis.encoded_words if old else headers.encoded_words
    name = headers.display_name(settings.OPERATOR[f"name_{language}"], words)
    sender = headers.printable(headers.address(draft.sender), what="sender")
    pieces: list[bytes | Piece] = [
        f"From: {name} <{sender}>\r\nTo: <".encode(),
        _AddressSlot(TO),
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
    pieces += bodies.seven_bit(draft.text) if old else _content(draft)
    return Composed(sender=sender, own_ids=own_ids, pieces=_joined(pieces), keys=dkim.configured())


def _header(field: str, value: str) -> list[bytes | Piece]:
    if field.lower() in _OWN or field.lower().startswith("content-"):
        raise Unfit(f"header {field} is the engine's own")
    pieces: list[bytes | Piece] = [f"{headers.field_name(field)}: ".encode()]
    if not SLOT.search(value):
        return [*pieces, headers.unstructured(value).encode(), b"\r\n"]
    if whole := SLOT.fullmatch(value):
        return [_OptionalHeader(headers.field_name(field), whole[1])]
    for index, part in enumerate(SLOT.split(value)):
        pieces.append(_HeaderSlot(part) if index % 2 else headers.printable(part, what=f"header {field}").encode())
    return [*pieces, b"\r\n"]


def _content(draft: Draft) -> list[bytes | Piece]:
    if draft.calendar is None:
        return _texts(draft)
    # To be opened by whoever wants it, beside the texts: as one of several forms of the same, some mail programs would
    # show it in their place.
    boundary = f"{_boundary(draft)}m._"
    return [
        f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n--{boundary}\r\n'.encode(),
        *_texts(draft),
        bodies.Attached(f"\r\n--{boundary}\r\n".encode(), draft.calendar),
        f"\r\n--{boundary}--\r\n".encode(),
    ]


def _texts(draft: Draft) -> list[bytes | Piece]:
    text = bodies.plain(draft.text)
    if draft.html is None:
        return text
    boundary = f"{_boundary(draft)}._"
    return [
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n--{boundary}\r\n'.encode(),
        *text,
        f"\r\n--{boundary}\r\n".encode(),
        *bodies.as_html(draft.html),
        f"\r\n--{boundary}--\r\n".encode(),
    ]


def _boundary(draft: Draft) -> str:
    """Neither "_" nor "." occurs in base64, so no line of a part can be taken for one that begins so."""
    return "=_" + hashlib.blake2b(draft.text.encode("utf-8", "replace"), digest_size=12).hexdigest()


def _joined(pieces: list[bytes | Piece]) -> tuple[bytes | Piece, ...]:
    """The same with neighbouring bytes made one."""
    joined: list[bytes | Piece] = []
    for piece in pieces:
        if joined and isinstance(piece, bytes) and isinstance(joined[-1], bytes):
            joined[-1] += piece
        else:
            joined.append(piece)
    return tuple(joined)


@dataclass(frozen=True, slots=True)
class _HeaderSlot:
    name: str

    def fill(self, values: Values) -> bytes:
        return headers.printable(value_of(values, self.name), what=f"slot {self.name}").encode()


@dataclass(frozen=True, slots=True)
class _AddressSlot:
    """The recipient's address: in UTF-8 where it is not ASCII, as then the envelope asks for SMTPUTF8."""

    name: str

    def fill(self, values: Values) -> bytes:
        return headers.visible(value_of(values, self.name), what=f"slot {self.name}").encode()


@dataclass(frozen=True, slots=True)
class _OptionalHeader:
    """A header that is one slot and nothing else: left out of the letters whose value is empty."""

    field: str
    name: str

    def fill(self, values: Values) -> bytes:
        value = value_of(values, self.name)
        return f"{self.field}: {headers.printable(value, what=f'slot {self.name}')}\r\n".encode() if value else b""


@dataclass(frozen=True, slots=True)
class _Subject:
    text: str
    words: Callable[[str], str]

    def fill(self, values: Values) -> bytes:
        return headers.unstructured(SLOT.sub(lambda match: value_of(values, match[1]), self.text), self.words).encode()
