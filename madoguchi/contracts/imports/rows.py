"""A CSV file as rows, each cell read and judged for itself; what a cell may say is here, what it does is in verbs."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import phonenumbers

from madoguchi.contracts import contract_number, customer_number
from madoguchi.contracts.models import CustomerLink, UsageKind

ENCODINGS = ("utf-8-sig", "cp932")
# Columns that a file of rejected rows has beside those of its kind; a file that comes back may keep them.
ADDED = ("line", "reason")
Cells = dict[str, Any]
_DAY = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})")
# What nearly every row of a large file has, and takes the library a hundred times as long to say.
_AT_HOME = re.compile(r"0(?:[2-9][0-9]|1[1-9])[0-9]{7,8}")


class Unreadable(ValueError):
    """A cell that cannot be what its column is; ``reason`` is a key of ``reasons.REASONS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotAFile(Exception):
    """The file at ``path`` cannot be taken at all: ``reason`` and what it is about."""

    def __init__(self, reason: str, about: str = "", *, path: Path | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.about = about
        self.path = path


@dataclass(frozen=True, slots=True)
class Problem:
    line: int
    column: str
    reason: str
    value: str = ""


@dataclass(slots=True)
class Row:
    """A line: its cells by column as read, what is wrong with them, and as they stand in the file."""

    line: int
    cells: Cells
    problems: list[Problem]
    text: list[str]


def customer(text: str) -> str:
    found = customer_number.normalised(text)
    if not found:
        raise Unreadable("customer_number")
    return found


def contract(text: str) -> str:
    found = contract_number.normalised(text)
    if not found:
        raise Unreadable("contract_number")
    return found


def contracts(text: str) -> list[str]:
    return [contract(piece) for piece in contract_number.split(text)]


def phone(text: str) -> str:
    """E.164; national numbers are Japanese ones."""
    if _AT_HOME.fullmatch(text):
        return f"+81{text[1:]}"
    if "e+" in text.lower():
        raise Unreadable("spreadsheet")
    try:
        number = phonenumbers.parse(text, "JP")
    except phonenumbers.NumberParseException as error:
        raise Unreadable("phone") from error
    if not phonenumbers.is_possible_number(number):
        raise Unreadable("phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def day(text: str) -> date:
    """2026-04-01, 2026/04/01, or 2026/4/1 as spreadsheets write it."""
    found = _DAY.fullmatch(text)
    try:
        year, month, of_month = map(int, found.group(1, 3, 4) if found else ())
        return date(year, month, of_month)
    except ValueError as error:
        raise Unreadable("date") from error


def words(text: str) -> str:
    if len(text) > 120 or any(ord(mark) < 32 for mark in text):
        raise Unreadable("words")
    return text


def usage_kind(text: str) -> str:
    if text not in UsageKind.values:
        raise Unreadable("usage_kind")
    return text


def role(text: str) -> str:
    if text not in CustomerLink.Role.values:
        raise Unreadable("role")
    return text


def address(text: str) -> str:
    if text.count("@") != 1 or not text.isprintable() or " " in text:
        raise Unreadable("email")
    return text.lower()


Reader = Callable[[str], Any]
# By kind of file its columns, in any order; those that may be empty, or missing, have "?".
KINDS: dict[str, dict[str, Reader]] = {
    "customers": {"customer_number": customer, "name": words, "name_kana?": words},
    "contracts": {
        "contract_number": contract,
        "customer_number": customer,
        "service": words,
        "plan?": words,
        "plan_en?": words,
        "usage_kind": usage_kind,
        "contact_phone": phone,
        "started_on": day,
        "ended_on?": day,
    },
    "numbers": {"number": phone, "contract_number": contract, "started_on": day, "ended_on?": day},
    "roles": {"email": address, "customer_number": customer, "role": role, "contract_numbers?": contracts},
}


def open_file(path: Path) -> "Reading":
    """Raises :class:`NotAFile`, ``OSError``. The kind of file is known by its columns."""
    reading = Reading(path, _encoding(path))
    with reading.lines() as (head, _rows):
        reading.kind, reading.head = _kind(head, path), head
    return reading


def read_cells(kind: str, cells: Mapping[str, str], line: int) -> tuple[Cells, list[Problem]]:
    """A row of ``kind``, each cell for itself: what was read, and what could not be."""
    found: Cells = {}
    problems: list[Problem] = []
    for name, reader, optional in _COLUMNS[kind]:
        text = cells.get(name, "").strip()
        if not text:
            found[name] = None
            if not optional:
                problems.append(Problem(line, name, "empty_cell"))
            continue
        try:
            found[name] = reader(text)
        except Unreadable as error:
            problems.append(Problem(line, name, error.reason, text[:80]))
    return found, problems


_COLUMNS = {
    kind: [(name.rstrip("?"), reader, name.endswith("?")) for name, reader in columns.items()]
    for kind, columns in KINDS.items()
}


@dataclass
class Reading:
    """A file to be read, as often as wanted, a batch at a time: nothing of it is held but that batch."""

    path: Path
    encoding: str
    kind: str = ""
    head: list[str] = field(default_factory=list)

    def batches(self, size: int) -> Iterator[list[Row]]:
        """Rows with what is wrong with their cells. Raises :class:`NotAFile` where the file stops being CSV."""
        with self.lines() as (head, rows):
            named = (self._row(head, line, cells) for line, cells in rows)
            while batch := list(islice(named, size)):
                yield batch

    def _row(self, head: list[str], line: int, cells: list[str]) -> Row:
        found, problems = read_cells(self.kind, dict(zip(head, cells, strict=False)), line)
        if len(cells) > len(head):
            problems.append(Problem(line, "", "too_many_cells"))
        return Row(line, found, problems, cells)

    @contextmanager
    def lines(self) -> Iterator[tuple[list[str], Iterator[tuple[int, list[str]]]]]:
        """The names of the columns, and the lines that are not empty with their numbers."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            reader = csv.reader(file, strict=True)
            try:
                head = [name.strip() for name in next(reader, [])]
                yield head, ((reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells))
            except csv.Error as error:
                raise NotAFile("quotes", str(reader.line_num), path=self.path) from error


def _kind(head: list[str], path: Path) -> str:
    if not head:
        raise NotAFile("empty", path=path)
    named = set(head) - set(ADDED)
    for kind, columns in KINDS.items():
        must = {name for name in columns if not name.endswith("?")}
        if must <= named:
            if unknown := sorted(named - {name.rstrip("?") for name in columns}):
                raise NotAFile("unknown_column", ", ".join(unknown)[:200], path=path)
            return kind
    raise NotAFile("columns", ", ".join(head)[:200], path=path)


def _encoding(path: Path) -> str:
    """The first that all of the file is text in."""
    with path.open("rb") as file:
        wide = file.read(2) in {b"\xff\xfe", b"\xfe\xff"}
    for encoding in ("utf-16",) if wide else ENCODINGS:
        try:
            with path.open(encoding=encoding, newline="") as text:
                if not any("\0" in piece for piece in iter(partial(text.read, 1 << 20), "")):
                    return encoding
        except UnicodeError:
            continue
    raise NotAFile("not_text", path=path)
