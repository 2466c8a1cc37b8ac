"""Data of a month against what the plan includes: begun blocks beyond it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from .tariff import STANDARD

USED: dict[str, pl.DataType | type[pl.DataType]] = {
    "contract": pl.Int64,
    "month": pl.Date,
    "allowance": pl.String,  # its name
    "records": pl.Int64,
    "bytes": pl.Int64,
}
DATA_LINE: dict[str, pl.DataType | type[pl.DataType]] = {
    **USED,
    "included": pl.Int64,  # bytes; null: without a limit
    "beyond": pl.Int64,  # bytes
    "blocks": pl.Int64,
    "price": pl.Int64,  # milli-yen a block
    "charge": pl.Int64,
    "tax": pl.String,
}


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many bytes of a month are included, and each begun block beyond them has a price.

    ``included`` None is a flat plan: nothing is ever beyond it.
    """

    name: str
    valid_from: date  # the first month it holds for (its first day)
    included: int | None
    block: int = 10**9  # bytes
    price: int = 0  # milli-yen a begun block, before tax
    tax: str = STANDARD


def data_lines(used: pl.DataFrame, allowances: Sequence[Allowance]) -> pl.DataFrame:
    """What each contract's data of a month costs: ``used`` (columns ``USED``) with the columns of ``DATA_LINE``.

    charge = ceil(max(bytes − included, 0) ÷ block) × price. Every allowance named must be among ``allowances``.
    """
    terms = pl.DataFrame(
        [(a.name, a.included, a.block, a.price, a.tax) for a in allowances],
        schema={
            "allowance": pl.String,
            "included": pl.Int64,
            "block": pl.Int64,
            "price": pl.Int64,
            "tax": pl.String,
        },
        orient="row",
    )
    beyond = pl.max_horizontal(pl.col("bytes") - pl.col("included"), 0)
    return (
        used.join(terms, on="allowance", how="inner")
        .with_columns(beyond=pl.when(pl.col("included").is_null()).then(0).otherwise(beyond))
        # Not "beyond + block − 1": that may pass 64 bits where block is large.
        .with_columns(blocks=pl.col("beyond") // pl.col("block") + (pl.col("beyond") % pl.col("block") > 0))
        .with_columns(charge=pl.col("blocks") * pl.col("price"))
        .select(pl.col(name).cast(dtype) for name, dtype in DATA_LINE.items())
    )


def in_force(rows: Sequence[Allowance], month: date) -> Allowance | None:
    """The allowance of a month (its first day)."""
    return max((row for row in rows if row.valid_from <= month), key=lambda row: row.valid_from, default=None)
