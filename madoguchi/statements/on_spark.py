"""Calls rated beyond one machine: the same kernel inside PySpark's ``mapInArrow`` (the extra ``spark``).

Nothing of Django and of a site's settings is needed where it runs: an executor has this package, Polars and PyArrow.
The prose is in ``docs/rating.md``.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from .rating import (
    FEE_LINE,
    LINE,
    IncomingCallDiscount,
    Table,
    Tariff,
    add_up,
    compile_tariff,
    rate,
    settle,
    summarise,
)
from .rating.tax import Rounding

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# So many calls come to the kernel at once; Spark's own 10,000 are too few for it to be fast.
BATCH = 500_000
BATCH_SETTING = "spark.sql.execution.arrow.maxRecordsPerBatch"

_SPARK_TYPES = {
    pl.Categorical: "string",
    pl.String: "string",
    pl.Boolean: "boolean",
    pl.Int32: "int",
    pl.Int64: "bigint",
    pl.Date: "date",
}
_SUMS = {"calls": pl.Int64, "talk_seconds": pl.Int64, "charge": pl.Int64, "earned_seconds": pl.Int64}
_SUMS |= {"reducible": pl.Int64}
_TOTALS = {"contract": pl.Int64, "month": pl.Date}
_TOTALS |= dict.fromkeys(("lines", "discount", "fees", "taxed", "tax", "total", "cut"), pl.Int64)
_TOTALS |= {"earned_seconds": pl.Int64, "earned": pl.Int64, "limited": pl.Boolean}


def rated(calls: "DataFrame", tariffs: Sequence[Tariff]) -> "DataFrame":
    """``calls`` with the columns that :func:`~.rating.rate` takes (``started_at`` in a session whose zone is UTC), and
    those of ``LINE`` added: a line each, in no order."""
    columns = ", ".join(f"`{field.name}` {field.dataType.simpleString()}" for field in calls.schema.fields)
    return calls.mapInArrow(partial(_rated, tuple(tariffs)), f"{columns}, {_ddl(LINE)}")


def totals(
    lines: "DataFrame",
    *,
    discount: IncomingCallDiscount | None,
    rates: Mapping[str, int],
    fees: "DataFrame | None" = None,
    rounding: Rounding = "down",
) -> "DataFrame":
    """The contracts' months, as :func:`~.rating.settle` totals them, from lines of :func:`rated` and ``fees`` (columns
    ``FEE_LINE``). The balance of each is checked where it is settled."""
    keys = {name: pl.Date if name == "month" else pl.String for name in (*_keys(discount), "tax")}
    summary = {**keys, "contract": pl.Int64, **_SUMS}
    parts = lines.mapInArrow(partial(_summarised, discount), _ddl(summary))
    if fees is not None:
        parts = parts.unionByName(fees.withColumnRenamed("charge", "fee_charge"), allowMissingColumns=True)
    settled = partial(_settled, tuple(summary), discount, dict(rates), rounding)
    # All of a contract is in one part, and a part is settled as a whole.
    return parts.repartition("contract").mapInArrow(settled, _ddl(_TOTALS))


def _keys(discount: IncomingCallDiscount | None) -> list[str]:
    return discount.keys() if discount else ["contract", "month"]


def _ddl(columns: Mapping[str, pl.DataType | type[pl.DataType]]) -> str:
    return ", ".join(f"`{name}` {_SPARK_TYPES[kind.base_type()]}" for name, kind in columns.items())


@lru_cache(maxsize=1)
def _tables(tariffs: tuple[Tariff, ...]) -> list[Table]:
    """Compiled once in each process, which Spark keeps for its next task."""
    return [compile_tariff(tariff) for tariff in tariffs]


def _rated(tariffs: tuple[Tariff, ...], batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    tables = _tables(tariffs)
    for batch in batches:
        yield from _to_spark(rate(_frame([batch]), tables))


def _summarised(discount: IncomingCallDiscount | None, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    parts = [summarise(_frame([batch]), discount) for batch in batches]
    if parts:
        yield from _to_spark(add_up(parts, discount))


def _settled(
    summary: tuple[str, ...],
    discount: IncomingCallDiscount | None,
    rates: Mapping[str, int],
    rounding: Rounding,
    batches: Iterator[pa.RecordBatch],
) -> Iterator[pa.RecordBatch]:
    if not (held := list(batches)):
        return
    rows = _frame(held)
    fee_lines = pl.DataFrame(schema=FEE_LINE)
    if "fee" in rows.columns:
        fee_lines = rows.filter(pl.col("fee").is_not_null()).select(
            *(pl.col("fee_charge").alias(name) if name == "charge" else pl.col(name) for name in FEE_LINE)
        )
        rows = rows.filter(pl.col("fee").is_null())
    parts = rows.select(summary)
    yield from _to_spark(
        settle(add_up([parts], discount), fee_lines, rule=discount, rates=rates, rounding=rounding).select(*_TOTALS)
    )


def _frame(batches: Sequence[pa.RecordBatch]) -> pl.DataFrame:
    frame = pl.from_arrow(pa.Table.from_batches(batches))
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table has columns
    return frame


def _to_spark(frame: pl.DataFrame) -> list[pa.RecordBatch]:
    """In the types of Arrow that Spark reads."""
    table = frame.with_columns(pl.col(pl.Categorical).cast(pl.String)).to_arrow(compat_level=pl.CompatLevel.oldest())
    types = [pa.string() if field.type == pa.large_string() else field.type for field in table.schema]
    schema = pa.schema([pa.field(field.name, kind) for field, kind in zip(table.schema, types, strict=True)])
    batches: list[pa.RecordBatch] = table.cast(schema).to_batches()
    return batches
