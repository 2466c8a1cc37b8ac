"""Many rows added up by contract, month and tax class: grouped by one integer, which is twice as fast as by three."""

from collections.abc import Sequence

import polars as pl

# The bits of the one integer: 31 of the contract, 16 of the day the month begins (until 2149), 16 of the tax class.
_DAYS = _CLASSES = 2**16
_CONTRACTS = 2**31
_NO_CLASS = _CLASSES - 1


def sums(rows: pl.DataFrame, by: Sequence[str], columns: Sequence[str]) -> pl.DataFrame:
    """``columns`` of integers added up for each value of ``by``; the groups in no order.

    What ``rows`` does not have of them is one for each row: counting costs a tenth less than adding up ones.
    """
    there = [name for name in columns if name in rows.columns]
    added = [pl.col(name).sum() if name in there else pl.len().cast(pl.Int64).alias(name) for name in columns]
    if list(by) != ["contract", "month", "tax"] or not _fit(rows):
        return rows.group_by(by).agg(added)
    day = pl.col("month").to_physical().cast(pl.Int64)
    number = pl.col("tax").to_physical().cast(pl.Int64).fill_null(_NO_CLASS)
    tax = pl.col("key") % _CLASSES
    return (
        rows.lazy()
        .select(*there, key=(pl.col("contract") * _DAYS + day) * _CLASSES + number)
        .group_by("key")
        .agg(added)
        .select(
            (pl.col("key") // (_DAYS * _CLASSES)).alias("contract"),
            (pl.col("key") // _CLASSES % _DAYS).cast(pl.Int32).cast(pl.Date).alias("month"),
            pl.when(tax != _NO_CLASS).then(tax).cast(pl.UInt32).cat.to(pl.Categorical).alias("tax"),
            *columns,
        )
        .collect(engine="streaming")
    )


def _fit(rows: pl.DataFrame) -> bool:
    """Whether the three have the types and values that go into the integer and come out again."""
    if not (rows.height and rows.schema["contract"] == pl.Int64 and rows.schema["tax"] == pl.Categorical):
        return False
    limits = {"contract": _CONTRACTS, "month": _DAYS, "tax": _NO_CLASS}
    least, most = (
        rows.select(pl.col(name).to_physical().cast(pl.Int64) for name in limits).select(end).row(0)
        for end in (pl.all().min(), pl.all().max())
    )
    return (
        None not in (*least, *most)
        and min(least) >= 0
        and all(value < limit for value, limit in zip(most, limits.values(), strict=True))
    )
