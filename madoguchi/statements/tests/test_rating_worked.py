"""docs/rating.md is right: each of its worked tables goes through the kernel."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from madoguchi.statements.rating import (
    Holding,
    IncomingCallDiscount,
    NumberFee,
    Rule,
    Tariff,
    allocate,
    compile_tariff,
    month_before,
    number_fees,
    number_key,
    rate,
    settle,
    summarise,
)
from madoguchi.statements.tests.worked import table

BEGAN = date(2020, 4, 1)
MONTH = date(2026, 4, 1)


def rated(rules, calls):
    """Rate (digits, outgoing, talk seconds) on one afternoon."""
    frame = pl.DataFrame(
        [(1, MONTH, "a", digits, outgoing, seconds) for digits, outgoing, seconds in calls],
        schema={
            "contract": pl.Int64,
            "month": pl.Date,
            "number": pl.String,
            "digits": pl.String,
            "outgoing": pl.Boolean,
            "talk_seconds": pl.Int32,
        },
        orient="row",
    ).with_columns(
        started_at=pl.lit(datetime(2026, 4, 2, 5, tzinfo=UTC), dtype=pl.Datetime("us", "UTC")),
        other=number_key(pl.col("digits")),
    )
    return rate(frame, [compile_tariff(Tariff("worked", BEGAN, tuple(rules)))])


@pytest.mark.parametrize("row", table("prefixes"), ids=lambda row: row["number"])
def test_longest_prefix_wins(row):
    prefixes = ["81", "813", "8150", "81501111"]
    line = rated([Rule(prefix, "fixed", 8000) for prefix in prefixes], [(row["number"], True, 60)])
    assert (line["prefix"][0] or "none") == row["winner"]
    assert [prefix for prefix in prefixes if row["number"].startswith(prefix)] == [p for p in prefixes if row[p]]


@pytest.mark.parametrize("row", table("calls"), ids=lambda row: " ".join(row.values()))
def test_a_call_costs_what_the_table_says(row):
    rule = Rule(
        "81",
        "fixed",
        price=int(row["price m¥"]),
        block_seconds=int(row["block s"]),
        setup=int(row["set-up m¥"]),
        free_seconds=int(row["free s"]),
    )
    line = rated([rule], [("81312345678", True, int(row["talk s"]))]).row(0, named=True)
    assert (line["blocks"], line["charge"]) == (int(row["blocks"]), int(row["charge m¥"]))


@pytest.mark.parametrize("row", table("months"), ids=lambda row: row["total ¥"])
def test_a_month_totals_what_the_table_says(row):
    calls = [("81312345678", True, int(row["s each out"]))] * int(row["calls out"])
    seconds_in = [int(row["s each in"])] * int(row["calls in"])
    lines = rated([Rule("81", "fixed", 8000, 180)], calls + [("81312345678", False, seconds) for seconds in seconds_in])
    rule = IncomingCallDiscount("着割", BEGAN, frozenset({"fixed"}))
    total = settle(summarise(lines, rule), number_fees([], [], month=MONTH), rule=rule, rates={"standard": 1000}).row(
        0, named=True
    )
    expected = {
        "lines": "lines m¥",
        "earned_seconds": "earned s",
        "earned": "earned m¥",
        "discount": "discount m¥",
        "tax": "tax ¥",
        "cut": "cut m¥",
        "total": "total ¥",
    }
    assert {name: total[name] for name in expected} == {name: int(row[column]) for name, column in expected.items()}
    assert total["limited"] == (total["earned"] > total["discount"])


@pytest.mark.parametrize("row", table("universal service fee"), ids=lambda row: f"{row['bill of']}+{row['lag']}")
def test_fees_follow_their_dates(row):
    dated = [(date(2022, 1, 1), 2000), (date(2025, 7, 1), 3000), (date(2026, 1, 1), 2000)]
    fees = [
        NumberFee("universal", day, amount, frozenset({"ip050"}), ("8120",), int(row["lag"])) for day, amount in dated
    ]
    held = [
        Holding(1, "ip050", "815012345678", date(2020, 4, 1)),
        Holding(1, "ip050", "8120012345678", date(2020, 4, 1)),  # pays none
        Holding(2, "internet", "815012345679", date(2020, 4, 1)),  # another kind
    ]
    lines = number_fees(held, fees, month=date.fromisoformat(f"{row['bill of']}-01"))
    assert lines.select("contract", "numbers", "charge").rows() == [(1, 1, int(row["fee m¥"]))]
    assert f"{lines['fee_month'][0]:%Y-%m}" == row["for"]


def test_a_number_pays_for_the_months_it_is_held_at_the_end_of():
    fee = NumberFee("universal", date(2022, 1, 1), 2000, frozenset({"ip050"}))
    held = [Holding(1, "ip050", "815012345678", date(2026, 2, 15), date(2026, 4, 29))]
    months = [month_before(date(2026, 6, 1), n) for n in range(6)]
    paid = [month for month in months if number_fees(held, [fee], month=month).height]
    assert paid == [date(2026, 3, 1), date(2026, 2, 1)]


@pytest.mark.parametrize("row", table("tax shared among lines"), ids=lambda row: row["bases m¥"])
def test_tax_is_shared_as_the_table_says(row):
    bases = [int(base) for base in row["bases m¥"].split(",")]
    assert allocate(int(row["tax ¥"]), bases) == [int(share) for share in row["shares ¥"].split(",")]
