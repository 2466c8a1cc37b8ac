"""Rules as CSV, in and out: one format, described in docs/tariffs.md."""

import codecs
import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import StringIO

from madoguchi.statements.models import TariffRule
from madoguchi.statements.rating import STANDARD, Rule

from .findings import Finding
from .money import NotMoney, milliyen_of, yen_text
from .words import listed

COLUMNS = ("prefix", "band", "kind", "price_yen", "block_seconds", "setup_yen", "free_seconds", "tax", "carried")
MOST_RULES = 50_000
LONGEST_KIND, LONGEST_TAX, LONGEST_BAND = 20, 10, 20
NAMED = 10  # columns that are not known
DAY = 86_400  # seconds; a longer block or free time is a slip of the keyboard
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_SPREADSHEET = re.compile(r"\d(\.\d+)?e\+?\d+", re.IGNORECASE)
# What a spreadsheet takes for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """A rule and the line it stands in."""

    line: int
    rule: Rule


@dataclass
class Read:
    """What a file says: the rows that can be read, and everything wrong with the others."""

    rows: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def written(rules: Iterable[TariffRule | Rule]) -> Iterator[str]:
    """The file, a row at a time, in the order of prefix and band; encode it as ``utf-8-sig``."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    for row in ([*COLUMNS], *(cells_of(rule).values() for rule in in_order(rules))):
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def in_order(rules: Iterable[TariffRule | Rule]) -> list[TariffRule | Rule]:
    """As they stand in the file: rule number n, from 0, is in line n + 2."""
    return sorted(rules, key=lambda rule: (rule.prefix, rule.band))


def numbered(rules: Iterable[TariffRule | Rule]) -> list[Row]:
    """Rules with the lines they would stand in."""
    return [Row(line, _plain(rule)) for line, rule in enumerate(in_order(rules), start=2)]


def _plain(rule: TariffRule | Rule) -> Rule:
    if isinstance(rule, Rule):
        return rule
    return Rule(**{name: getattr(rule, name) for name in Rule.__dataclass_fields__})


def cells_of(rule: TariffRule | Rule) -> dict[str, str]:
    """By column, as they are written; :func:`rule_of` reads them back."""
    values = (
        rule.prefix,
        rule.band,
        rule.kind,
        yen_text(rule.price),
        str(rule.block_seconds),
        yen_text(rule.setup),
        str(rule.free_seconds),
        rule.tax,
        "yes" if rule.carried else "no",
    )
    return dict(zip(COLUMNS, values, strict=True))


def text_of(content: bytes) -> str | None:
    """The text of a file in UTF-8, UTF-16 (both marked or not) or CP932; None for anything else."""
    for encoding in (
        ("utf-16",)
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        else (
            "utf-8-sig",
            "cp932",
        )
    ):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def read(content: bytes) -> Read:
    """Everything a file says and everything wrong with it; never raises for what it holds."""
    text = text_of(content)
    if text is None:
        return Read(findings=[Finding("not_text")])
    result = Read()
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        _read_rows(reader, result)
    except csv.Error:
        result.findings.append(Finding("csv", reader.line_num))
    if not result.rows and not result.findings:
        result.findings.append(Finding("empty"))
    return result


def _read_rows(reader: Iterator[list[str]], result: Read) -> None:
    head = [cell.strip().lower() for cell in next(reader, [])]
    if tuple(head) != COLUMNS:
        result.findings += _wrong_head(head)
        return
    while True:
        line: int = reader.line_num + 1  # type: ignore[attr-defined]
        cells = next(reader, None)
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if len(result.rows) >= MOST_RULES:
            result.findings.append(Finding("too_many", line, args={"most": f"{MOST_RULES:,}"}))
            return
        if len(cells) != len(COLUMNS):
            args = {"found": len(cells), "wanted": len(COLUMNS)}
            result.findings.append(Finding("columns", line, cells[0][:20], args))
            continue
        rule, findings = rule_of(dict(zip(COLUMNS, cells, strict=True)), line=line)
        result.findings += findings
        if rule:
            result.rows.append(Row(line, rule))


def _wrong_head(head: list[str]) -> Iterator[Finding]:
    if not any(head):
        yield Finding("empty")
        return
    if len(head) == 1 and any(sign in head[0] for sign in ";\t"):
        yield Finding("separator", 1)
        return
    if missing := [name for name in COLUMNS if name not in head]:
        yield Finding("header_missing", 1, args={"missing": listed(missing)})
    if unknown := [name[:LONGEST_KIND] for name in head if name not in COLUMNS]:
        yield Finding("header_unknown", 1, args={"unknown": listed(f"“{name}”" for name in unknown[:NAMED])})
    yield Finding("header", 1, args={"columns": ",".join(COLUMNS)})


class _Reader:
    """One row's cells, and what is wrong with each."""

    def __init__(self, cells: dict[str, str], line: int) -> None:
        self.cells = {name: unicodedata.normalize("NFKC", cell).strip() for name, cell in cells.items()}
        for name, cell in self.cells.items():
            if cell.startswith("'"):  # as we write what a spreadsheet would take for a formula
                self.cells[name] = cell[1:].strip()
        self.line = line
        self.findings: list[Finding] = []

    def wrong(self, code: str, column: str, **args: object) -> None:
        args = {"column": column, "value": self.cells[column][:40], **args}
        self.findings.append(Finding(code, self.line, self.cells["prefix"][:15], args))

    def prefix(self) -> str:
        value = self.cells["prefix"]
        if _SPREADSHEET.fullmatch(value):
            self.wrong("spreadsheet", "prefix")
        elif value.startswith("0") and value.isdigit():
            self.wrong("domestic", "prefix")
        elif not (value.isascii() and value.isdigit() and len(value) <= 15):
            self.wrong("prefix", "prefix")
        return value

    def word(self, column: str, most: int, default: str = "") -> str:
        value = self.cells[column] or default
        if not _WORD.fullmatch(value) or len(value) > most:
            self.wrong("word", column, most=most)
        return value

    def yen(self, column: str) -> int:
        try:
            return milliyen_of(self.cells[column] or "0")
        except NotMoney:
            self.wrong("yen", column)
            return 0

    def seconds(self, column: str, *, least: int, default: str) -> int:
        value = self.cells[column] or default
        if not (value.isascii() and value.isdigit() and len(value) < 9 and least <= int(value) <= DAY):
            self.wrong("seconds", column, least=least, most=DAY)
            return least
        return int(value)

    def yes_no(self, column: str) -> bool:
        value = self.cells[column].lower() or "yes"
        if value not in {"yes", "no"}:
            self.wrong("yes_no", column)
        return value != "no"

    def band(self) -> str:
        value = self.cells["band"]
        if len(value) > LONGEST_BAND or any(ord(sign) < 32 for sign in value):
            self.wrong("band_name", "band", most=LONGEST_BAND)
        return value


def rule_of(cells: dict[str, str], *, line: int = 0) -> tuple[Rule | None, list[Finding]]:
    """A row's cells by column, as written, → the rule; or everything wrong with them. Empty cells are the usual."""
    row = _Reader(cells, line)
    rule = Rule(
        prefix=row.prefix(),
        band=row.band(),
        kind=row.word("kind", LONGEST_KIND),
        price=row.yen("price_yen"),
        block_seconds=row.seconds("block_seconds", least=1, default="60"),
        setup=row.yen("setup_yen"),
        free_seconds=row.seconds("free_seconds", least=0, default="0"),
        tax=row.word("tax", LONGEST_TAX, STANDARD),
        carried=row.yes_no("carried"),
    )
    return (None if row.findings else rule), row.findings
