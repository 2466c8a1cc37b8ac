"""Rows of CSV in columns, as far as they are of the usual shape: expressions true only of what is surely right.

Whatever they leave out is read by itself, slower, by the reader that can say what is wrong (or that nothing is). So an
expression here may be narrower than the rule it stands for, never wider; tests compare the two.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

# A field in quotes, its own quotes doubled, or one with none at all.
_FIELD = r'(?:"(?:[^"\x00\x1f]|"")*"|[^"SEPARATOR\x00\x1f]*)'
# Python's reader refuses longer fields; no line so long is usual.
_LONGEST = 100_000
_LOCAL = "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-5][0-9]:[0-5][0-9]$"


def rows(
    block: pl.DataFrame, *, columns: Sequence[str], least: int, separator: str = ","
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The block's well-formed rows with ``least`` or more fields, in ``columns`` (String; "" where a row is shorter)
    and ``line``, and the lines that are not."""
    between = re.escape(separator)
    field = _FIELD.replace("SEPARATOR", between)
    shape = f"^{field}(?:{between}{field}){{{least - 1},{len(columns) - 1}}}$"
    text = pl.col("text")
    usual = block.select(text.str.contains(shape) & (text.str.len_bytes() < _LONGEST)).to_series()
    others = block.filter(~usual) if not usual.all() else block.clear()
    good = block.filter(usual) if others.height else block
    if not good.height:
        return pl.DataFrame(schema=dict.fromkeys(("line", *columns), pl.String)).cast({"line": pl.Int64}), block
    found = pl.read_csv(
        good["text"].str.join("\n").item().encode(),
        has_header=False,
        separator=separator,
        schema=dict.fromkeys(columns, pl.String),
        missing_columns="insert",
        empty_string_is_null=False,
        infer_schema=False,
    )
    return found.with_columns(pl.all().fill_null("")).insert_column(0, good["line"]), others


def seconds(column: str) -> pl.Expr:
    """A whole number of seconds (Int32); null where it is not plainly one."""
    value = pl.col(column)
    return pl.when(value.str.contains("^[0-9]{1,9}$")).then(value).cast(pl.Int32)


def local_time(column: str, zone: ZoneInfo) -> pl.Expr:
    """``2026-11-01 10:00:00`` in ``zone`` → UTC; null where it is not plainly one."""
    value = pl.col(column)
    return (
        pl.when(value.str.contains(_LOCAL))
        .then(value)
        .str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
        # The first of two hours of the same name when clocks go back, as Python has it.
        .dt.replace_time_zone(zone.key, ambiguous="earliest", non_existent="null")
        .dt.convert_time_zone("UTC")
    )


def epoch(column: str) -> pl.Expr:
    """Seconds since 1970 → UTC; null where it is not plainly that."""
    value = pl.col(column)
    return (
        pl.from_epoch(pl.when(value.str.contains("^[1-9][0-9]{8,9}$")).then(value).cast(pl.Int64), time_unit="s")
        .dt.cast_time_unit("us")
        .dt.replace_time_zone("UTC")
    )


def times_agree(now: datetime) -> pl.Expr:
    """What ``record.check_times`` lets pass, of ``started_at``, ``ended_at`` and ``talk_seconds``; false of null."""
    started, ended = pl.col("started_at"), pl.col("ended_at")
    agree = (
        (ended <= now + timedelta(minutes=5))
        & (ended >= now - timedelta(days=3660))
        & (ended >= started)
        & (pl.col("talk_seconds") <= (ended - started).dt.total_seconds() + 2)
    )
    return agree.fill_null(value=False)
