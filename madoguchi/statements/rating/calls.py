"""Calls in, priced calls out: one line each, saying why it costs what it costs."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import polars as pl

from .table import Table
from .tariff import HOLIDAY

# What rate() adds to a call.
LINE: dict[str, pl.DataType | type[pl.DataType]] = {
    "tariff": pl.Categorical,  # the version that priced it
    "prefix": pl.Categorical,  # the longest that matched; null when none did
    "kind": pl.Categorical,  # class of the other party's number
    "tax": pl.Categorical,
    "carried": pl.Boolean,  # False: another carrier took the call and bills it; null: no rule
    "blocks": pl.Int64,
    "block_seconds": pl.Int32,
    "price": pl.Int64,  # milli-yen a block
    "setup": pl.Int64,  # milli-yen
    "charge": pl.Int64,  # milli-yen before tax
}


def rate(calls: pl.DataFrame, tables: Sequence[Table]) -> pl.DataFrame:
    """Price calls by the tariff version in force on the local day each began.

    Needs ``other`` (Int64, :func:`~.table.number_key`; null when the number is not known), ``outgoing`` (Boolean),
    ``talk_seconds`` (Int32, 0 when unanswered) and ``started_at`` (Datetime UTC). Other columns pass through. Adds the
    columns of ``LINE``: charge = set-up + ceil((talk - free) / block) × price in milli-yen; an incoming or unanswered
    call, or one another carrier bills, costs nothing. A call without a version or rule keeps ``prefix`` null; its
    charge is 0, and for an outgoing one the caller must not take that for a price. Rows keep their order within a
    version.
    """
    versions = sorted(tables, key=lambda table: table.tariff.valid_from)
    edges = [_begins(table) for table in versions]
    parts = []
    for table, begin, end in zip(versions, edges, [*edges, None][1:], strict=True):
        part = _begun(calls, begin, end)
        if part.height:
            parts.append(_rate(part, table))
    early = _begun(calls, None, edges[0]) if edges else calls
    if early.height or not parts:
        parts.append(early.with_columns(_unpriced(name, dtype) for name, dtype in LINE.items()))
    return pl.concat(parts) if len(parts) > 1 else parts[0]


def _begun(calls: pl.DataFrame, since: datetime | None, until: datetime | None) -> pl.DataFrame:
    """Those that began at ``since`` or later and before ``until``; without a copy where it is all or none of them."""
    began = calls["started_at"]
    chosen = pl.repeat(value=True, n=calls.height, eager=True)
    if since:
        chosen &= began >= since
    if until:
        chosen &= began < until
    if chosen.all():
        return calls
    return calls.filter(chosen) if chosen.any() else calls.clear()


def _begins(table: Table) -> datetime:
    return datetime.combine(table.tariff.valid_from, time(), ZoneInfo(table.tariff.zone)).astimezone(UTC)


def _unpriced(name: str, dtype: pl.DataType | type[pl.DataType]) -> pl.Expr:
    value = 1 if name == "block_seconds" else 0 if dtype == pl.Int64 else None
    return pl.lit(value, dtype=dtype).alias(name)


def _rate(calls: pl.DataFrame, table: Table) -> pl.DataFrame:
    rules = table.rules[_winning_rows(calls, table)]
    paid = pl.col("outgoing") & (pl.col("talk_seconds") > 0) & pl.col("carried")
    blocks = _blocks(table)
    return (
        pl.concat([calls, rules], how="horizontal")
        .with_columns(blocks=pl.when(paid).then(blocks).otherwise(0))
        .with_columns(
            pl.lit(table.tariff.name, dtype=pl.Categorical).alias("tariff"),
            charge=pl.when(paid).then(pl.col("setup") + pl.col("blocks") * pl.col("price")).otherwise(0),
        )
        .select(*calls.columns, *LINE)
    )


def _blocks(table: Table) -> pl.Expr:
    """Begun blocks of the seconds that are not free."""
    seconds = pl.col("talk_seconds")
    if table.rules["free_seconds"].max():
        seconds = pl.max_horizontal(seconds - pl.col("free_seconds"), 0)
    # Unsigned and narrow, a division is several times as fast.
    seconds, block = seconds.cast(pl.UInt32), pl.col("block_seconds").cast(pl.UInt32)
    return ((seconds + block - 1) // block).cast(pl.Int64)


def _winning_rows(calls: pl.DataFrame, table: Table) -> pl.Series:
    """The row of ``table.rules`` for each call."""
    other = calls["other"].fill_null(0)
    ranges = table.ranges.of(other)
    if table.bands is None:
        return table.rows.gather(ranges)
    local = calls["started_at"].dt.convert_time_zone(table.tariff.zone)
    holiday = local.dt.date().is_in(sorted(table.tariff.holidays))
    day = (local.dt.weekday() - 1).cast(pl.UInt32).set(holiday, HOLIDAY)
    band = table.bands.gather(day * 24 + local.dt.hour().cast(pl.UInt32))
    return table.rows.gather(ranges * table.width + band)
