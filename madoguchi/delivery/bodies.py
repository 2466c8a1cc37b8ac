"""What stands in a letter's places: bodies with slots, made once and filled for each letter.

Bodies are UTF-8 in base64, which works on groups of three bytes, and a slot shifts what follows it; so each stretch
between two slots is encoded beforehand for the three possible shifts, and a letter encodes nothing but its own few
bytes.
"""

import base64
import html
import re
from binascii import b2a_base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from madoguchi.delivery import jis
from madoguchi.delivery.headers import Unfit
from madoguchi.delivery.renderers import SLOT, Calendar

Values = Mapping[str, str]

# Values of one slot that are looked out for.
_KNOWN = 32

_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Piece(Protocol):
    def fill(self, values: Values) -> bytes: ...


def value_of(values: Values, name: str) -> str:
    try:
        return values[name]
    except KeyError:
        raise Unfit(f"no value for slot {name}") from None


def plain(text: str) -> list[bytes | Piece]:
    """A part with ``text`` in UTF-8, its headers first."""
    return _base64("plain", text, _plain)


def as_html(html: str) -> list[bytes | Piece]:
    """The same with ``html``, whose slots are escaped."""
    return _base64("html", html, _escaped)


def _base64(subtype: str, text: str, convert: Callable[[str], bytes]) -> list[bytes | Piece]:
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
    parts = SLOT.split(text)
    statics = [_plain(part) for part in parts[::2]]
    if len(parts) == 1:
        return [head + _lines(statics[0])]
    return [head, _Base64.of(statics, parts[1::2], convert)]


def seven_bit(text: str) -> list[bytes | Piece]:
    """The same as :func:`plain` in ISO-2022-JP."""
    parts = SLOT.split(text)
    body = _SevenBit(tuple(_in_jis(part) for part in parts[::2]), tuple(parts[1::2]))
    return [b"Content-Type: text/plain; charset=iso-2022-jp\r\nContent-Transfer-Encoding: 7bit\r\n\r\n", body]


def _in_jis(text: str) -> bytes:
    return jis.encode(_LINE_ENDS.sub("\r\n", _CONTROLS.sub("", text)))


@dataclass(frozen=True, slots=True)
class Attached:
    """A part with a calendar, made for each letter; ``before`` is what parts it from the part before."""

    before: bytes
    calendar: Calendar

    def fill(self, values: Values) -> bytes:
        made = self.calendar.of(values)
        if not made:
            return b""
        head = (
            "Content-Type: text/calendar; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n"
            f'Content-Disposition: attachment; filename="{self.calendar.name}"\r\n\r\n'
        )
        return self.before + head.encode() + base64.encodebytes(made).replace(b"\n", b"\r\n")


@dataclass(frozen=True, slots=True)
class _SevenBit:
    """A body in ISO-2022-JP, its ``stretches`` encoded each for itself."""

    stretches: tuple[bytes, ...]
    slots: tuple[str, ...]

    def fill(self, values: Values) -> bytes:
        done = [self.stretches[0]]
        for name, stretch in zip(self.slots, self.stretches[1:], strict=True):
            done += [_in_jis(value_of(values, name)), stretch]
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
            value, repeated = value_of(values, name), self.repeated[index]
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
