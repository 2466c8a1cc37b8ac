"""A PDF file (ISO 32000-1) written from its first byte to its last, and the sheets it is made of.

Lengths are points, counted from the upper left corner of a sheet.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from .typeface import Typeface, typeface

A4 = (595.28, 841.89)
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks; ``colour`` is red, green and blue from 0 to 1."""

    size: float = 9
    bold: bool = False
    colour: Colour = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class About:
    """What a file says about itself; ``language`` is ``ja`` or ``en``."""

    title: str
    language: str
    author: str
    made_at: datetime


PLAIN = Style()


class _Numbers(dict[str, str]):
    """Of each letter its number as it is written, counted from 1: 0 is what is shown for a number nobody has."""

    def __missing__(self, letter: str) -> str:
        self[letter] = written = f"{len(self) + 1:04X}"
        return written


class Face:
    """A typeface as one document uses it: each letter has a number from when it was first used."""

    def __init__(self, *, bold: bool) -> None:
        self.typeface: Typeface = typeface(bold=bold)
        self._numbers = _Numbers()

    @property
    def letters(self) -> list[str]:
        """Those used, in the order of their numbers."""
        return list(self._numbers)

    def set(self, words: str) -> str:
        return "".join(map(self._numbers.__getitem__, words))


@dataclass
class Faces:
    """The typefaces of one document."""

    regular: Face = field(default_factory=lambda: Face(bold=False))
    bold: Face = field(default_factory=lambda: Face(bold=True))

    def of(self, *, bold: bool) -> Face:
        return self.bold if bold else self.regular


class Sheet:
    """One page: text, lines and areas, where they are put."""

    def __init__(self, faces: Faces, size: tuple[float, float] = A4) -> None:
        self.faces = faces
        self.width, self.height = size
        self._drawn: list[str] = []

    def text(self, x: float, y: float, words: str, style: Style = PLAIN, *, align: str = "left") -> None:
        """``words`` on the line ``y``; ``x`` is their left end, their middle or their right end."""
        face = self.faces.of(bold=style.bold)
        words = face.typeface.printable(words)
        if not words:
            return
        if align != "left":
            width = face.typeface.width(words, style.size)
            x -= width if align == "right" else width / 2
        name, colour = "B" if style.bold else "R", _colour(style.colour)
        at = f"{x:.2f} {self.height - y:.2f}"
        self._drawn.append(f"BT /{name} {style.size:g} Tf {colour} rg {at} Td <{face.set(words)}> Tj ET\n")

    def rule(self, x: float, y: float, to: float, *, width: float = 0.5, colour: Colour = PLAIN.colour) -> None:
        """A horizontal line."""
        ends = f"{x:.2f} {self.height - y:.2f} m {to:.2f} {self.height - y:.2f} l"
        self._drawn.append(f"{_colour(colour)} RG {width:g} w {ends} S\n")

    def area(self, x: float, y: float, width: float, height: float, *, colour: Colour) -> None:
        """A filled area; ``y`` is its upper edge."""
        self._drawn.append(
            f"{_colour(colour)} rg {x:.2f} {self.height - y - height:.2f} {width:.2f} {height:.2f} re f\n"
        )

    def drawn(self) -> bytes:
        return "".join(self._drawn).encode("ascii")


def _colour(colour: Colour) -> str:
    return " ".join(f"{part:g}" for part in colour)


def written(sheets: Iterable[Sheet], faces: Faces, about: About) -> Iterator[bytes]:
    """The file, piece by piece; ``sheets`` are asked for one at a time, and forgotten.

    Raises :class:`ValueError` where there is no sheet.
    """
    yield from _File(faces, about).pieces(sheets)


# Numbers of the objects that are known beforehand.
_CATALOG, _PAGES, _INFO, _REGULAR, _BOLD = range(1, 6)


class _File:
    def __init__(self, faces: Faces, about: About) -> None:
        self.faces = faces
        self.about = about
        self.at = 0
        self.begins: dict[int, int] = {}
        self.next = _BOLD + 1
        self.digest = sha256()

    def pieces(self, sheets: Iterable[Sheet]) -> Iterator[bytes]:
        # The second line tells programs that copy files that this one is not text.
        yield self._count(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        pages = []
        for sheet in sheets:
            content, page = self._new(), self._new()
            yield self._stream(content, sheet.drawn())
            box = f"[0 0 {sheet.width:g} {sheet.height:g}]"
            fonts = f"<< /Font << /R {_REGULAR} 0 R /B {_BOLD} 0 R >> >>"
            yield self._object(
                page,
                f"<< /Type /Page /Parent {_PAGES} 0 R /MediaBox {box} /Resources {fonts} /Contents {content} 0 R >>",
            )
            pages.append(page)
        if not pages:
            raise ValueError("a document has a sheet at least")
        for number, face in ((_REGULAR, self.faces.regular), (_BOLD, self.faces.bold)):
            yield from self._face(number, face)
        kids = " ".join(f"{page} 0 R" for page in pages)
        yield self._object(_PAGES, f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>")
        yield self._object(
            _CATALOG,
            f"<< /Type /Catalog /Pages {_PAGES} 0 R /Lang ({self.about.language})"
            " /ViewerPreferences << /DisplayDocTitle true >> >>",
        )
        made = f"{self.about.made_at:D:%Y%m%d%H%M%S%z}"
        made = f"{made[:-2]}'{made[-2:]}'"
        yield self._object(
            _INFO,
            f"<< /Title {_words(self.about.title)} /Author {_words(self.about.author)}"
            f" /Producer (Madoguchi) /CreationDate ({made}) >>",
        )
        yield self._end()

    def _new(self) -> int:
        self.next += 1
        return self.next - 1

    def _count(self, piece: bytes) -> bytes:
        self.at += len(piece)
        self.digest.update(piece)
        return piece

    def _object(self, number: int, body: str | bytes) -> bytes:
        self.begins[number] = self.at
        body = body.encode("ascii") if isinstance(body, str) else body
        return self._count(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def _stream(self, number: int, content: bytes, entries: str = "") -> bytes:
        packed = zlib.compress(content)
        head = f"<< /Length {len(packed)} /Filter /FlateDecode{entries} >>\nstream\n".encode("ascii")
        return self._object(number, head + packed + b"\nendstream")

    def _face(self, number: int, face: Face) -> Iterator[bytes]:
        """A composite font: numbers of two bytes, what they look like, how wide they are, what they mean."""
        kind = face.typeface
        outlines, glyphs = kind.part(face.letters or [" "])
        glyphs = glyphs if face.letters else []
        # A name of its own for each part of a typeface, so that no reader takes one for another.
        tag = "".join(chr(65 + byte % 26) for byte in sha256("".join(face.letters).encode()).digest()[:6])
        name = f"{tag}+{kind.name}"
        file, shape, cid, glyph_map, meaning = (self._new() for _ in range(5))
        yield self._stream(file, outlines, f" /Length1 {len(outlines)}")
        yield self._object(
            shape,
            f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [0 {kind.descent} 1000 {kind.ascent}]"
            f" /ItalicAngle 0 /Ascent {kind.ascent} /Descent {kind.descent} /CapHeight {kind.cap_height}"
            f" /StemV {120 if number == _BOLD else 80} /FontFile2 {file} 0 R >>",
        )
        yield self._stream(glyph_map, b"".join(glyph.to_bytes(2) for glyph in (0, *glyphs)))
        widths = " ".join(str(kind.advances[letter]) for letter in face.letters)
        yield self._object(
            cid,
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /FontDescriptor {shape} 0 R /DW 1000"
            " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
            f" /CIDToGIDMap {glyph_map} 0 R /W [1 [{widths}]] >>",
        )
        yield self._stream(meaning, _meaning(face.letters))
        yield self._object(
            number,
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H"
            f" /DescendantFonts [{cid} 0 R] /ToUnicode {meaning} 0 R >>",
        )

    def _end(self) -> bytes:
        table = [b"xref\n0 %d\n0000000000 65535 f \n" % self.next]
        table += [b"%010d 00000 n \n" % self.begins[number] for number in range(1, self.next)]
        own = self.digest.hexdigest()[:32]
        return b"".join(table) + (
            f"trailer\n<< /Size {self.next} /Root {_CATALOG} 0 R /Info {_INFO} 0 R /ID [<{own}> <{own}>] >>\n"
            f"startxref\n{self.at}\n%%EOF\n"
        ).encode("ascii")


def _words(text: str) -> str:
    """A string of a PDF in UTF-16, in hexadecimal."""
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


def _meaning(letters: list[str]) -> bytes:
    """The table by which text is copied, searched and read out."""
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    # A block has at most a hundred entries.
    for first in range(0, len(letters), 100):
        some = letters[first : first + 100]
        lines.append(f"{len(some)} beginbfchar")
        lines += [
            f"<{number:04X}> <{letter.encode('utf-16-be').hex().upper()}>"
            for number, letter in enumerate(some, start=first + 1)
        ]
        lines.append("endbfchar")
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode("ascii")
