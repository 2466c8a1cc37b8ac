"""Any CSV, JSON lines or Parquet, by a mapping (:mod:`.mapping`).

A file becomes batches of text columns; rows of the usual shape become records by expressions, the others one by one.
"""

import csv
import heapq
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from . import plain
from .batch import Batch, gathered
from .files import blocks_of, lines_of, seekable
from .mapped_row import record_of
from .mapping import EPOCH, ISO, Mapping
from .record import Leg, Problem, Record, unusable

ROWS = 50_000


class NotParquet(ValueError):
    """The file is no Parquet file, or a damaged one."""


def read(path: Path, *, mapping: Mapping, zone: ZoneInfo, now: datetime) -> Iterator[Batch]:
    """``zone`` is that of local times unless the mapping names one. Raises :class:`.mapping.MissingColumns`,
    :class:`NotParquet`."""
    zone = ZoneInfo(mapping.zone) if mapping.zone else zone
    if mapping.format == "jsonl":
        with lines_of(path) as lines:
            yield from _by_rows(_json_rows(lines), mapping=mapping, zone=zone, now=now)
        return
    blocks = _parquet_blocks(path, mapping) if mapping.format == "parquet" else _csv_blocks(path, mapping)
    for names, rows, problems in blocks:
        batch = _batch(rows, names, mapping=mapping, zone=zone, now=now)
        batch.problems = sorted([*batch.problems, *problems], key=lambda problem: problem.line)
        yield batch


Rows = Iterator[tuple[int, dict[str, str] | Problem]]


def rows_of(path: Path, mapping: Mapping) -> Rows:
    """Every row by itself: its line, and what stands in it by the file's names. Raises as :func:`read`."""
    if mapping.format == "jsonl":
        with lines_of(path) as lines:
            for line, fields in _json_rows(lines):
                bad = isinstance(fields, dict) and unusable(fields.values())
                yield line, Problem(line, "", "control") if bad else fields
        return
    blocks = _parquet_blocks(path, mapping) if mapping.format == "parquet" else _csv_blocks(path, mapping)
    for names, rows, problems in blocks:
        found: Rows = ((row[0], dict(zip(names, row[1:], strict=True))) for row in rows.iter_rows())
        wrong: Rows = ((problem.line, problem) for problem in problems)
        yield from heapq.merge(found, wrong, key=lambda item: item[0])


def _batch(rows: pl.DataFrame, names: list[str], *, mapping: Mapping, zone: ZoneInfo, now: datetime) -> Batch:
    """``rows``: ``line``, and the columns as 0, 1, 2 …, in the order of ``names``."""
    taken = rows.filter(_taken(mapping, names)) if mapping.only else rows
    records = usual(taken, names, mapping=mapping, zone=zone, now=now)
    others = taken if not records.height else taken.join(records, on="line", how="anti")
    found = (
        record_of(dict(zip(names, row[1:], strict=True)), line=row[0], mapping=mapping, zone=zone, now=now)
        for row in others.iter_rows()
    )
    batch = gathered(found)
    batch.legs += rows.height - taken.height
    batch.records = pl.concat([records, batch.records]).sort("line")
    return batch


def _taken(mapping: Mapping, names: list[str]) -> pl.Expr:
    return pl.all_horizontal(
        [
            pl.col(str(names.index(name))).str.strip_chars().is_in(sorted(values))
            for name, values in mapping.only.items()
        ]
    )


def usual(rows: pl.DataFrame, names: list[str], *, mapping: Mapping, zone: ZoneInfo, now: datetime) -> pl.DataFrame:
    """The records of the rows that are surely right, columns of ``batch.RECORD``; none where the mapping asks for more
    than expressions do."""
    by_rows = "direction" in mapping.columns or "zone" in mapping.columns or mapping.unit != "s"
    if by_rows or mapping.time not in {ISO, EPOCH}:
        return gathered([]).records

    def column(part: str) -> str:
        return str(names.index(mapping.columns[part]))

    def text(part: str) -> pl.Expr:
        if part in mapping.columns:
            return pl.col(column(part))
        return pl.lit(mapping.constants.get(part, ""))

    def moment(part: str) -> pl.Expr:
        return plain.local_time(column(part), zone) if mapping.time == ISO else plain.epoch(column(part))

    every = [str(place) for place in range(len(names))]
    talk = plain.seconds(column("talk_seconds"))
    # Of a duration that is given and not used, reading by rows says what is wrong with it.
    sound = plain.seconds(column("duration")).is_not_null() if "duration" in mapping.columns else pl.lit(value=True)
    if mapping.answered:
        answered = str(names.index(mapping.answered[0]))
        talk = pl.when(pl.col(answered).is_in(sorted(mapping.answered[1]))).then(talk).otherwise(0)
        sound &= pl.col(answered).str.contains("^[!-~]+$")
    records = rows.with_columns(started_at=moment("started_at"), talk_seconds=talk)
    if "ended_at" in mapping.columns:
        ended = moment("ended_at")
    else:
        lasted = plain.seconds(column("duration")) if "duration" in mapping.columns else pl.col("talk_seconds")
        ended = pl.col("started_at") + pl.duration(seconds=lasted)
    call_id = text("call_id")
    return (
        records.with_columns(ended_at=ended)
        .filter(sound & plain.times_agree(now) & call_id.str.contains("^[!-~]*$"))
        .select(
            "line",
            call_id.alias("call_id"),
            text("caller").alias("caller"),
            text("called").alias("called"),
            *("started_at", "ended_at", "talk_seconds"),
            pl.concat_str(every, separator="\x1f").alias("raw"),
        )
    )


Block = tuple[list[str], pl.DataFrame, list[Problem]]


def _csv_blocks(path: Path, mapping: Mapping) -> Iterator[Block]:
    names = list(mapping.names)
    for read in blocks_of(path):
        block = read
        if not names:
            names = _cells(read["text"][0], mapping) or []
            block = read[1:]
        mapping.check(names)
        places = [str(place) for place in range(len(names))]
        rows, others = plain.rows(block, columns=places, least=len(names), separator=mapping.delimiter)
        more, problems = [], []
        for line, text in others.iter_rows():
            cells = _cells(text, mapping)
            if cells is None:
                problems.append(Problem(line, "", "csv"))
            elif not any(cell.strip() for cell in cells):
                continue
            elif len(cells) != len(names):
                problems.append(Problem(line, "", "width", f"{len(cells)} ≠ {len(names)}"))
            elif unusable(cells):
                problems.append(Problem(line, "", "control"))
            else:
                more.append((line, *cells))
        if more:
            rows = pl.concat([rows, pl.DataFrame(more, schema=rows.schema, orient="row")]).sort("line")
        yield names, rows, problems


def _cells(line: str, mapping: Mapping) -> list[str] | None:
    try:
        return next(csv.reader([line], strict=True, delimiter=mapping.delimiter), [])
    except csv.Error:
        return None


def _parquet_blocks(path: Path, mapping: Mapping) -> Iterator[Block]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with seekable(path) as raw:
        try:
            with pq.ParquetFile(raw) as file:
                names = file.schema_arrow.names
                mapping.check(names)
                line = 1
                for part in file.iter_batches(ROWS):
                    table = pl.DataFrame(part)
                    texts = [_as_text(series).alias(str(place)) for place, series in enumerate(table.get_columns())]
                    numbers = pl.int_range(line, line + table.height, dtype=pl.Int64, eager=True).alias("line")
                    line += table.height
                    yield names, pl.DataFrame([numbers, *texts]), []
        except pa.ArrowInvalid as error:
            raise NotParquet from error
        except OSError as error:
            if error.errno is None:  # not of the disk: the library says so of pages it cannot make out
                raise NotParquet from error
            raise


def _as_text(series: pl.Series) -> pl.Series:
    """As a CSV would have it; a moment with a zone says it."""
    if isinstance(series.dtype, pl.Datetime):
        pattern = "%Y-%m-%d %H:%M:%S%:z" if series.dtype.time_zone else "%Y-%m-%d %H:%M:%S"
        return series.dt.to_string(pattern).fill_null("")
    if series.dtype.is_nested() or series.dtype == pl.Binary:
        return pl.repeat("", len(series), dtype=pl.String, eager=True)
    return series.cast(pl.String).fill_null("")


def _json_rows(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, str] | Problem]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            yield number, dict(_flat(found))
        else:
            yield number, Problem(number, "", "json")


def _flat(found: dict[str, object], path: str = "") -> Iterator[tuple[str, str]]:
    """Names of what lies deeper are joined by dots; lists are not looked into."""
    for name, value in found.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{path}{name}.")
        elif value is not None and not isinstance(value, list):
            yield f"{path}{name}", value if isinstance(value, str) else json.dumps(value)


def _by_rows(
    rows: Iterable[tuple[int, dict[str, str] | Problem]], *, mapping: Mapping, zone: ZoneInfo, now: datetime
) -> Iterator[Batch]:
    from .batch import batches

    def found() -> Iterator[Record | Problem | Leg]:
        for line, fields in rows:
            if isinstance(fields, Problem):
                yield fields
            elif unusable(fields.values()):
                yield Problem(line, "", "control")
            else:
                yield record_of(fields, line=line, mapping=mapping, zone=zone, now=now)

    yield from batches(found())
