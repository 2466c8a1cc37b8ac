"""Records of a file in columns, a batch at a time: what every format gives, and how a record at a time becomes it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import polars as pl

from .record import Leg, Problem, Record

UTC_TIME = pl.Datetime("us", "UTC")
RECORD: dict[str, pl.DataType | type[pl.DataType]] = {
    "line": pl.Int64,
    "call_id": pl.String,
    "caller": pl.String,
    "called": pl.String,
    "started_at": UTC_TIME,
    "ended_at": UTC_TIME,
    "talk_seconds": pl.Int32,
    "raw": pl.String,
}
ROWS = 20_000  # records read one at a time that make a batch


@dataclass
class Batch:
    """Part of a file. ``records``: a row per good record, columns of ``RECORD``, in the order of the file."""

    records: pl.DataFrame
    problems: list[Problem] = field(default_factory=list)
    legs: int = 0

    @property
    def read(self) -> int:
        return self.records.height + len(self.problems) + self.legs


def gathered(found: Iterable[Record | Problem | Leg]) -> Batch:
    """One batch of all of them."""
    rows: list[tuple[object, ...]] = []
    batch = Batch(pl.DataFrame(schema=RECORD))
    for item in found:
        match item:
            case Record():
                rows.append(item.row())
            case Problem():
                batch.problems.append(item)
            case Leg():
                batch.legs += 1
    batch.records = pl.DataFrame(rows, schema=RECORD, orient="row")
    return batch


def batches(found: Iterable[Record | Problem | Leg]) -> Iterator[Batch]:
    """Batches of what a reader of single records finds."""
    items = iter(found)
    while some := list(islice(items, ROWS)):
        yield gathered(some)
