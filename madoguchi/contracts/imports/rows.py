"""A CSV file as rows, each cell read and judged for itself; what a cell may say is here, what it does is in verbs."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import phonenumbers

from madoguchi.contracts import contract_number, customer_number
from madoguchi.contracts.models import CustomerLink, UsageKind

ENCODINGS = ("utf-8-sig", "cp932")


class Unreadable(ValueError):
    """A cell that cannot be what its column is; ``reason`` is a key of ``reasons.REASONS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotAFile(Exception):
    """The file as a whole cannot be taken: ``reason`` and what it is about."""

    def __init__(self, reason: str, about: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.about = about


@dataclass(frozen=True, slots=True)
class Problem:
    line: int
    column: str
    reason: str
    value: str = ""


@dataclass(slots=True)
class Row:
    line: int
    cells: dict[str, Any]


@dataclass
class Table:
    """A file read: which kind it is, its good rows, and the cells that are not."""

    kind: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


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
    try:
        return date.fromisoformat(text.replace("/", "-"))
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
    if text.count("@") != 1 or any(mark.isspace() for mark in text):
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
        "usage_kind": usage_kind,
        "contact_phone": phone,
        "started_on": day,
        "ended_on?": day,
    },
    "numbers": {"number": phone, "contract_number": contract, "started_on": day, "ended_on?": day},
    "roles": {"email": address, "customer_number": customer, "role": role, "contract_numbers?": contracts},
}


def read(path: Path) -> Table:
    """Raises :class:`NotAFile`, ``OSError``. The kind of file is known by its columns."""
    text = _text(path)
    lines = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        head = [name.strip() for name in next(lines, [])]
        kind = _kind(head)
        table = Table(kind)
        columns = {name.rstrip("?"): (reader, name.endswith("?")) for name, reader in KINDS[kind].items()}
        for cells in lines:
            if any(cell.strip() for cell in cells):
                _take(table, lines.line_num, dict(zip(head, cells, strict=False)), columns)
                if len(cells) > len(head):
                    table.problems.append(Problem(lines.line_num, "", "too_many_cells"))
    except csv.Error as error:
        raise NotAFile("quotes", str(lines.line_num)) from error
    return table


def _take(table: Table, line: int, cells: dict[str, str], columns: dict[str, tuple[Reader, bool]]) -> None:
    found: dict[str, Any] = {}
    problems = list(_read_cells(line, cells, columns, found))
    table.problems += problems
    if not problems:
        table.rows.append(Row(line, found))


def _read_cells(
    line: int, cells: dict[str, str], columns: dict[str, tuple[Reader, bool]], found: dict[str, Any]
) -> Iterator[Problem]:
    for name, (reader, optional) in columns.items():
        text = cells.get(name, "").strip()
        if not text:
            found[name] = None
            if not optional:
                yield Problem(line, name, "empty_cell")
            continue
        try:
            found[name] = reader(text)
        except Unreadable as error:
            yield Problem(line, name, error.reason, text[:80])


def _kind(head: list[str]) -> str:
    if not head:
        raise NotAFile("empty")
    for kind, columns in KINDS.items():
        must = {name for name in columns if not name.endswith("?")}
        if must <= set(head):
            if unknown := sorted(set(head) - {name.rstrip("?") for name in columns}):
                raise NotAFile("unknown_column", ", ".join(unknown))
            return kind
    raise NotAFile("columns", ", ".join(head)[:200])


def _text(path: Path) -> str:
    content = path.read_bytes()
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotAFile("not_text")
