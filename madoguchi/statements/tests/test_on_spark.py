"""What runs inside Spark, by hand: batches of Arrow in and out, the same lines and totals as from the kernel itself."""

from datetime import UTC, date, datetime
from typing import Literal

import polars as pl
import pyarrow as pa
import pytest

from madoguchi.statements import on_spark
from madoguchi.statements.rating import (
    Holding,
    IncomingCallDiscount,
    NumberFee,
    Rule,
    Tariff,
    add_up,
    compile_tariff,
    number_fees,
    number_key,
    rate,
    settle,
    summarise,
)

MONTH = date(2026, 10, 1)
TARIFF = Tariff(
    "sample",
    date(2020, 1, 1),
    (
        Rule("81", "fixed", 8000, 180),
        Rule("8190", "mobile", 16_000, 60),
        Rule("1", "international", 9000, 60, tax="exempt"),
    ),
)
RATES = {"standard": 1000}
FEES = number_fees(
    [Holding(contract, "ip050", "815012345678", date(2020, 4, 1)) for contract in (1, 2, 7)],
    [NumberFee("universal", date(2022, 1, 1), 2000, frozenset({"ip050"}))],
    month=MONTH,
)


def discount(scope: Literal["contract", "number"]) -> IncomingCallDiscount:
    kinds = frozenset({"fixed", "mobile"})
    return IncomingCallDiscount("着割", date(2006, 12, 1), kinds, not_in_base=frozenset({"international"}), scope=scope)


def calls() -> pl.DataFrame:
    others = ["81312345678", "819012345678", "12125550123", "861012345678"]
    rows = [
        (n % 3 + 1, MONTH, f"+8150{n % 5}", n % 4 != 0, others[n % 4 if n % 4 else n % 3], n * 37 % 400)
        for n in range(200)
    ]
    columns = ["contract", "month", "number", "outgoing", "digits", "talk_seconds"]
    frame = pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        pl.col("talk_seconds").cast(pl.Int32),
        other=number_key(pl.col("digits")),
        started_at=pl.lit(datetime(2026, 10, 3, 12, tzinfo=UTC)).dt.cast_time_unit("us"),
    )
    return frame.drop("digits")


def batches(frame: pl.DataFrame) -> list[pa.RecordBatch]:
    return [one for part in frame.iter_slices(30) for one in on_spark._to_spark(part)]


def together(found: list[pa.RecordBatch]) -> pl.DataFrame:
    return on_spark._frame(found)


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(pl.Categorical).cast(pl.String))


@pytest.mark.parametrize("rule", [None, discount("contract"), discount("number")], ids=["none", "contract", "number"])
@pytest.mark.parametrize("fees", [None, FEES], ids=["without fees", "with fees"])
def test_lines_and_totals_are_the_kernels(rule, fees):
    lines = together(list(on_spark._rated((TARIFF,), iter(batches(calls())))))
    ours = rate(calls(), [compile_tariff(TARIFF)])
    assert lines.rows() == plain(ours).select(lines.columns).rows()

    parts = together(list(on_spark._summarised(rule, iter(batches(lines)))))
    keys = [*on_spark._keys(rule), "tax"]
    summary = add_up([summarise(ours, rule)], rule)
    assert parts.sort(keys).rows() == plain(summary).select(parts.columns).sort(keys).rows()

    rows = parts
    if fees is not None:
        rows = pl.concat([parts, fees.rename({"charge": "fee_charge"})], how="diagonal")
    settled = together(list(on_spark._settled(tuple(parts.columns), rule, RATES, "down", iter(batches(rows)))))
    none = FEES.clear()
    totals = settle(summary, none if fees is None else fees, rule=rule, rates=RATES)
    assert settled.rows() == totals.select(settled.columns).rows()
    assert settled["total"].sum() > 0


def test_a_part_without_rows_makes_none():
    assert list(on_spark._summarised(None, iter([]))) == []
    assert list(on_spark._settled((), None, RATES, "down", iter([]))) == []
