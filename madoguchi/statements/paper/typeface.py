"""The typefaces that documents are set in: BIZ UDPGothic (SIL Open Font License, ``fonts/OFL.txt``).

It has the common letters of Japanese and of English, and its licence lets a document contain it. Rare letters of names
(𠮷 as much as ễ) come from a second typeface under the same licence, which has those alone
(``fonts/OFL-MoreLetters.txt``). The 1 of BIZ UDPGothic is narrower than its other digits; here it stands in the middle
of their width, so that columns of figures do.
"""

import logging
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

# It tells which letters a document has, and so parts of names and numbers.
logging.getLogger("fontTools").setLevel(logging.WARNING)
_FOLDER = Path(__file__).parent / "fonts"
# What printers set for a letter they have not got.
MISSING = "〓"
_NEVER_SHOWN = {"Cc", "Cf", "Cs", "Mn", "Me"}
_DIGITS = "0123456789"


class _Printable(dict[int, str]):
    """For ``str.translate``: each character as it is printed, found out once."""

    def __init__(self, known: set[int]) -> None:
        self._known = known

    def __missing__(self, character: int) -> str:
        shown = chr(character) if character in self._known else MISSING
        self[character] = "" if unicodedata.category(chr(character)) in _NEVER_SHOWN else shown
        return self[character]


@dataclass(frozen=True)
class Typeface:
    """What is needed of a typeface to set text; lengths are thousandths of the size."""

    path: Path
    further: Path  # the typeface of letters that the first has not
    advances: dict[str, int]  # how wide each letter is
    ascent: int
    descent: int
    cap_height: int
    printed: _Printable

    @property
    def name(self) -> str:
        return self.path.stem

    def width(self, words: str, size: float) -> float:
        """How wide ``words``, all of them :meth:`printable`, are at ``size``."""
        return sum(map(self.advances.__getitem__, words)) * size / 1000

    def printable(self, words: str) -> str:
        """``words`` in letters there are: composed, without controls, an unknown letter as :data:`MISSING`."""
        return unicodedata.normalize("NFC", words).translate(self.printed)

    def part(self, letters: list[str]) -> tuple[bytes, list[int]]:
        """A TrueType file with nothing but ``letters``, and the glyph of each in it."""
        subsetter = Subsetter(_options())
        subsetter.populate(unicodes=[ord(letter) for letter in letters])
        with TTFont(self.path, lazy=True) as font:
            subsetter.subset(font)
            names = {chr(character): name for character, name in font.getBestCmap().items()}
            for letter in set(letters) & set(_DIGITS):
                _centre(font, names[letter], self.advances[letter])
            if further := sorted(set(letters) - set(names)):
                names |= _add(font, further, self.further)
            out = BytesIO()
            font.save(out)
            return out.getvalue(), [font.getGlyphID(names[letter]) for letter in letters]


def _options() -> Options:
    """Outlines and widths, and nothing that a document does not use."""
    options = Options()
    options.hinting = False
    options.layout_features = []
    options.name_IDs = [1, 2, 6]
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "meta", "gasp", "DSIG"]
    return options


def _add(font: TTFont, letters: list[str], path: Path) -> dict[str, str]:
    """Put ``letters`` of a typeface of the same units and without compound glyphs into ``font``; their names."""
    with TTFont(path, lazy=True) as other:
        theirs = other.getBestCmap()
        names = {letter: f"more{ord(letter):X}" for letter in letters}
        for letter, name in names.items():
            font["glyf"][name] = other["glyf"][theirs[ord(letter)]]
            font["hmtx"][name] = other["hmtx"][theirs[ord(letter)]]
    font.setGlyphOrder(font["glyf"].glyphOrder)
    return names


def _centre(font: TTFont, name: str, advance: int) -> None:
    """Put a glyph in the middle of ``advance``."""
    wanted = round(advance * font["head"].unitsPerEm / 1000)
    width, bearing = font["hmtx"][name]
    shift = (wanted - width) // 2
    glyph = font["glyf"][name]
    glyph.coordinates.translate((shift, 0))
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (wanted, bearing + shift)


@lru_cache(maxsize=2)
def typeface(*, bold: bool) -> Typeface:
    """Read once for a process."""
    weight = "Bold" if bold else "Regular"
    path, further = _FOLDER / f"BIZUDPGothic-{weight}.ttf", _FOLDER / f"MoreLetters-{weight}.ttf"
    with TTFont(path, lazy=True) as font, TTFont(further, lazy=True) as rare:
        unit = font["head"].unitsPerEm
        advances = _advances(rare) | _advances(font)
        digit = max(advances[letter] for letter in _DIGITS)
        return Typeface(
            path=path,
            further=further,
            advances=advances | dict.fromkeys(_DIGITS, digit),
            ascent=round(font["hhea"].ascent * 1000 / unit),
            descent=round(font["hhea"].descent * 1000 / unit),
            cap_height=round(font["OS/2"].sCapHeight * 1000 / unit),
            printed=_Printable(set(map(ord, advances))),
        )


def _advances(font: TTFont) -> dict[str, int]:
    """How wide each letter is, in thousandths of the size."""
    unit, metrics = font["head"].unitsPerEm, font["hmtx"]
    return {chr(character): round(metrics[name][0] * 1000 / unit) for character, name in font.getBestCmap().items()}
