"""Rows of a mapped file → records of a kind, as its module reads them."""

from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from madoguchi.statements.formats.batch import UTC_TIME, Batch
from madoguchi.statements.formats.mapped import rows_of
from madoguchi.statements.formats.mapped_row import figure_of, moment_of, parties, raw_of, text_of, zone_of
from madoguchi.statements.formats.mapping import AMOUNTS, Mapping
from madoguchi.statements.formats.record import InColumn, Leg, Problem, check_times, required

from .declared import RecordKind
from .registry import KINDS

ROWS = 20_000  # of a batch
LARGEST = 10**15  # bytes; what is more in one record is an error of its writer
COMMON: dict[str, pl.DataType | type[pl.DataType]] = {
    "line": pl.Int64,
    "call_id": pl.String,
    "started_at": UTC_TIME,
    "ended_at": UTC_TIME,
    "raw": pl.String,
}


@dataclass(frozen=True, slots=True)
class Cells:
    """A row by the parts of a record. Everything raises ``InColumn`` with the file's name of the column."""

    fields: AnyMapping[str, str]
    mapping: Mapping
    zone: ZoneInfo

    def text(self, part: str) -> str:
        return text_of(self.fields, part, self.mapping).strip()

    def parties(self) -> tuple[str, str]:
        """Who called or wrote, and to whom."""
        return parties(self.fields, self.mapping)

    def has(self, part: str) -> bool:
        return part in self.mapping.columns

    def moment(self, part: str) -> datetime:
        """UTC, whole seconds."""
        return moment_of(self.fields, part, self.mapping, zone_of(self.fields, self.mapping, self.zone))

    def count(self, part: str) -> int:
        """A whole number above nought."""
        column = self.mapping.columns[part]
        value = required(dict(self.fields), column)
        if not (value.isascii() and value.isdigit() and 0 < int(value[:12]) < 10**9 and len(value) < 10):
            raise InColumn(column, "count", value)
        return int(value)

    def amount(self, part: str) -> int:
        """Bytes; a byte begun counts as one."""
        column = self.mapping.columns[part]
        value = figure_of(self.fields, column, self.mapping)
        try:
            count = Decimal(value.replace(",", ".") if self.mapping.decimal == "," else value)
            whole = int((count * AMOUNTS[self.mapping.amount]).to_integral_value(ROUND_CEILING))
        except (InvalidOperation, ValueError, OverflowError):
            raise InColumn(column, "amount", value) from None
        if not 0 <= whole < LARGEST or count < 0:
            raise InColumn(column, "amount", value)
        return whole


def read(path: Path, *, mapping: Mapping, zone: ZoneInfo, now: datetime) -> Iterator[Batch]:
    """Batches of the kind of record the mapping names. Raises as ``formats.mapped.read``."""
    kind = KINDS[mapping.records]
    zone = ZoneInfo(mapping.zone) if mapping.zone else zone
    rows = iter(rows_of(path, mapping))
    while some := list(islice(rows, ROWS)):
        yield _batch(some, kind=kind, mapping=mapping, zone=zone, now=now)


def _batch(
    rows: list[tuple[int, dict[str, str] | Problem]],
    *,
    kind: RecordKind,
    mapping: Mapping,
    zone: ZoneInfo,
    now: datetime,
) -> Batch:
    schema = {**COMMON, **kind.schema}
    batch = Batch(pl.DataFrame(schema=schema))
    records = []
    for line, fields in rows:
        found = fields if isinstance(fields, Problem) else _record(Cells(fields, mapping, zone), line, kind, now)
        match found:
            case Problem():
                batch.problems.append(found)
            case Leg():
                batch.legs += 1
            case record:
                records.append(record)
    batch.records = pl.DataFrame(records, schema=schema, orient="row")
    return batch


def _record(cells: Cells, line: int, kind: RecordKind, now: datetime) -> dict[str, Any] | Problem | Leg:
    mapping = cells.mapping
    if any(cells.fields.get(name, "").strip() not in values for name, values in mapping.only.items()):
        return Leg(line)
    try:
        started = cells.moment("started_at")
        ended = started
        if cells.has("ended_at"):
            if not cells.text("ended_at"):
                raise InColumn(mapping.name("ended_at"), "never_ended")
            ended = cells.moment("ended_at")
        names = mapping.name("ended_at" if cells.has("ended_at") else "started_at"), "", mapping.name("started_at")
        check_times(started, ended, 0, columns=names, now=now)
        own = kind.row(cells) if kind.row else {}
    except InColumn as found:
        return Problem(line, found.column, found.reason, found.value[:80])
    raw = raw_of(cells.fields, mapping)
    return {"line": line, "call_id": cells.text("call_id"), "started_at": started, "ended_at": ended, "raw": raw, **own}
