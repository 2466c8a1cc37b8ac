"""Asterisk ``cdr_csv``: no header; the call's id and user field are there only if the switch is told to write them."""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from . import plain
from .batch import Batch, gathered
from .files import blocks_of
from .record import InColumn, Problem, Read, Record, check_times, local_time, required, seconds, unusable

COLUMNS = (
    *("accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata"),
    *("start", "answer", "end", "duration", "billsec", "disposition", "amaflags"),
    *("uniqueid", "userfield", "peeraccount", "linkedid", "sequence"),
)
LEAST = COLUMNS.index("amaflags") + 1

# 1761955200.12, with the system's name before it if it has one. A user field alone in this place looks otherwise.
_UNIQUE_ID = re.compile(r"(?:.+-)?\d{9,11}\.\d+")
_USUAL_ID = r"^(?:.+-)?[0-9]{9,11}\.[0-9]+$"
# All that Asterisk writes (ast_cdr_disp2str in main/cdr.c).
_DISPOSITIONS = {"ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION", "UNKNOWN"}
# As the switch writes them; "Answered" or one with spaces around it is looked at by itself.
_USUAL_DISPOSITION = "^(?:ANSWERED|NO ANSWER|BUSY|FAILED|CONGESTION)$"


def read(path: Path, *, zone: ZoneInfo, now: datetime) -> Iterator[Batch]:
    """Rows of the usual shape in columns; of the others each by itself, which tells what is wrong with it."""
    for block in blocks_of(path):
        rows, others = plain.rows(block, columns=COLUMNS, least=LEAST)
        usual = _usual(rows, zone=zone, now=now)
        if usual.height < rows.height:
            unusual = rows.select("line").join(usual, on="line", how="anti")
            others = pl.concat([others, block.join(unusual, on="line", how="semi")]).sort("line")
        batch = gathered(read_lines(others.iter_rows(), zone=zone, now=now))
        batch.records = pl.concat([usual, batch.records]).sort("line") if batch.records.height else usual
        yield batch


def _usual(rows: pl.DataFrame, *, zone: ZoneInfo, now: datetime) -> pl.DataFrame:
    """The records of the rows that are as a switch writes them, and have nothing wrong; columns of ``batch.RECORD``.

    Where a rule of :func:`_record` is narrower here, the row is only read the slower way.
    """
    answered = pl.col("disposition") == "ANSWERED"
    records = rows.with_columns(
        started_at=plain.local_time("start", zone),
        ended_at=plain.local_time("end", zone),
        talk_seconds=pl.when(answered).then(plain.seconds("billsec")).otherwise(0),
        call_id=pl.when(pl.col("uniqueid").str.contains(_USUAL_ID)).then("uniqueid").otherwise(pl.lit("")),
    )
    usual = (
        pl.col("disposition").str.contains(_USUAL_DISPOSITION)
        & plain.seconds("duration").is_not_null()
        & pl.col("uniqueid").str.contains(r"^[!-~]*$")
        & plain.times_agree(now)
    )
    return records.filter(usual).select(
        "line",
        "call_id",
        pl.col("src").alias("caller"),
        pl.col("dst").alias("called"),
        "started_at",
        "ended_at",
        "talk_seconds",
        pl.concat_str(COLUMNS, separator="\x1f").alias("raw"),
    )


def read_lines(lines: Iterable[tuple[int, str]], *, zone: ZoneInfo, now: datetime) -> Read:
    """The same, a (line, text) at a time."""
    for number, line in lines:
        # A line at a time: the switch writes no line breaks, and an open quote spoils no row but its own.
        try:
            row = next(csv.reader([line], strict=True), [])
        except csv.Error:
            yield Problem(number, "", "csv")
            continue
        if any(cell.strip() for cell in row):
            yield _record(row, line=number, zone=zone, now=now)


def _record(row: list[str], *, line: int, zone: ZoneInfo, now: datetime) -> Record | Problem:
    if not LEAST <= len(row) <= len(COLUMNS):
        return Problem(line, "", "columns", str(len(row)))
    if unusable(row):
        return Problem(line, "", "control")
    fields = dict(zip(COLUMNS, row, strict=False))
    try:
        started = local_time(fields, "start", zone)
        if not fields["end"].strip():
            raise InColumn("end", "never_ended")
        ended = local_time(fields, "end", zone)
        seconds(fields, "duration")
        # Another word means that the columns have shifted, and the call would be taken for one nobody answered.
        if (disposition := required(fields, "disposition").upper()) not in _DISPOSITIONS:
            raise InColumn("disposition", "disposition", disposition)
        talk = seconds(fields, "billsec") if disposition == "ANSWERED" else 0
        check_times(started, ended, talk, columns=("end", "billsec", "start"), now=now)
    except InColumn as found:
        return Problem(line, found.column, found.reason, found.value)
    unique = fields.get("uniqueid", "").strip()
    return Record(
        line=line,
        call_id=unique if _UNIQUE_ID.fullmatch(unique) else "",
        caller=fields["src"],
        called=fields["dst"],
        started_at=started,
        ended_at=ended,
        talk_seconds=talk,
        raw="\x1f".join([*row, *[""] * (len(COLUMNS) - len(row))]),
    )
