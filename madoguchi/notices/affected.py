"""Affected contracts as staff paste them or take them from a file. Rules and worked table: ``docs/notices-life.md``."""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext

from madoguchi.contracts.contract_number import normalised

MOST = 100_000
# What is read at most: a hundred thousand numbers of twenty characters, in two bytes each, with room for a table.
MOST_BYTES = 20_000_000

# A first line with one of these is a heading, and only its column counts.
_HEADINGS = frozenset({"契約番号", "contract number", "contract_number", "contract no", "contract no.", "contract"})
_BETWEEN = re.compile(r"[\s,，、;；]+")
# What spreadsheets make of a long number: 5.41144E+11, 541144000123.0, ########.
_DAMAGED = re.compile(r"[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+|[0-9]{6,}\.0+|#{3,}")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Affected:
    """``numbers`` as they are kept, each once, in their order; ``unknown``: those of them that no contract has.

    ``problems`` are (line, sentence): what cannot be a number. Line 0 is the whole.
    """

    numbers: tuple[str, ...]
    unknown: tuple[str, ...]
    problems: tuple[tuple[int, str], ...]


def read(given: str | bytes) -> Affected:
    """Read pasted text or a file's bytes: UTF-8, UTF-16 or CP932, a list or a table with a heading, 100,000 at most."""
    if len(given) > MOST_BYTES:
        return Affected((), (), ((0, gettext("This is too long for a list of contract numbers.")),))
    text = given if isinstance(given, str) else _decoded(given)
    if text is None:
        return Affected((), (), ((0, gettext("This file is not a text in UTF-8, UTF-16 or Shift_JIS (CP932).")),))
    numbers: dict[str, None] = {}
    problems: list[tuple[int, str]] = []
    for line, piece in _pieces(text.lstrip("\ufeff")):
        number = normalised(piece)
        if number is None or _DAMAGED.fullmatch(piece):
            problems.append((line, _wrong(piece)))
        elif len(numbers) < MOST or number in numbers:
            numbers[number] = None
        else:
            problems.append((line, gettext("There are more than %(most)s numbers.") % {"most": f"{MOST:,}"}))
            break
    return Affected(tuple(numbers), _unknown(list(numbers)), tuple(problems))


def _decoded(given: bytes) -> str | None:
    named = next((encoding for mark, encoding in _MARKS if given.startswith(mark)), None)
    if named is None and b"\0" in given[:1000]:
        # Without its mark: on which side the digits' empty bytes are tells which way round.
        named = "utf-16-be" if given[0:1000:2].count(0) > given[1:1000:2].count(0) else "utf-16-le"
    for encoding in (named,) if named else ("utf-8", "cp932"):
        try:
            return given.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Every piece that should be a number, with its line, counted from 1."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = "\t" if "\t" in first else ";" if ";" in first else ","
    headings = [_plain(cell) for cell in next(csv.reader([first.replace("\0", "")], delimiter=separator), [])]
    column = next((place for place, cell in enumerate(headings) if cell in _HEADINGS), None)
    if column is None:
        for line, said in enumerate(text.splitlines(), start=1):
            for piece in _BETWEEN.split(said):
                if piece := piece.strip("\"'"):
                    yield line, piece
        return
    rows = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    for row in rows:
        cell = row[column].strip().strip("'") if column < len(row) else ""
        if cell and _plain(cell) not in _HEADINGS:
            yield rows.line_num, cell


def _plain(cell: str) -> str:
    return cell.strip().strip("\"'").lower()


def _wrong(piece: str) -> str:
    if _DAMAGED.fullmatch(piece):
        said = gettext("A spreadsheet made “%(piece)s” of this number. Format the column as text, and export it again.")
    else:
        said = gettext("“%(piece)s” is not a contract number.")
    return said % {"piece": _shown(piece)}


def _shown(piece: str) -> str:
    """Short, and without what no page can show."""
    kept = "".join(mark if mark.isprintable() else "�" for mark in piece)
    return kept if len(kept) <= 30 else f"{kept[:30]}…"


def _unknown(numbers: list[str]) -> tuple[str, ...]:
    # As one array: a hundred thousand parameters are more than a statement takes.
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM contracts_contract WHERE number = ANY(%s)", [numbers])
        known = {number for (number,) in cursor.fetchall()}
    return tuple(number for number in numbers if number not in known)
