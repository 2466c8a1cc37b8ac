"""docs/rating.md is right about time bands, ends of months, 050, the discount's settings and who pays a fee."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from django.utils import timezone

from madoguchi.statements.models import Call, TariffRule, TariffVersion
from madoguchi.statements.rating import (
    Band,
    Holding,
    IncomingCallDiscount,
    NumberFee,
    Rule,
    Tariff,
    compile_tariff,
    number_fees,
    number_key,
    rate,
    settle,
    summarise,
)
from madoguchi.statements.tests.october import OURS, SHOP, october, take_in
from madoguchi.statements.tests.test_import_calls import row as cdr
from madoguchi.statements.tests.worked import table

MONTH = date(2026, 11, 1)
TOKYO = ZoneInfo("Asia/Tokyo")
WEEKDAYS = Band("weekdays", frozenset(range(5)), frozenset(range(8, 19)))
HOLIDAYS = Band("holidays", frozenset({7}), frozenset(range(24)))


def rated(rules, calls, **tariff):
    """Rate (number, digits, outgoing, seconds, began) as calls of one contract."""
    frame = pl.DataFrame(
        [(1, MONTH, *call[:4], call[4].replace(tzinfo=TOKYO)) for call in calls],
        schema={
            "contract": pl.Int64,
            "month": pl.Date,
            "number": pl.String,
            "digits": pl.String,
            "outgoing": pl.Boolean,
            "talk_seconds": pl.Int32,
            "started_at": pl.Datetime("us", "UTC"),
        },
        orient="row",
    ).with_columns(other=number_key(pl.col("digits")))
    return rate(frame, [compile_tariff(Tariff("worked", date(2020, 4, 1), tuple(rules), **tariff))])


@pytest.mark.parametrize("row", table("time bands"), ids=lambda row: f"{row['began']} {row['prefix']}")
def test_a_time_band_holds_as_the_table_says(row):
    rules = [
        Rule("81", "fixed", 8_000),
        Rule("81", "fixed", 10_000, band="weekdays"),
        Rule("81", "fixed", 6_000, band="holidays"),
        Rule("813", "fixed", 9_000, band="weekdays"),
    ]
    began = datetime.fromisoformat(row["began"])
    line = rated(
        rules,
        [("a", row["number"], True, 60, began)],
        bands=(WEEKDAYS, HOLIDAYS),
        holidays=frozenset({date(2026, 11, 3)}),
    ).row(0, named=True)
    assert (line["prefix"], line["charge"]) == (row["prefix"], int(row["charge m¥"]))


@pytest.mark.parametrize("row", table("classes of 050"), ids=lambda row: row["number"])
def test_050_is_told_apart_by_four_digits(row):
    rules = [
        Rule("8150", "ip050_paid", 8_000, 180),
        Rule("81500001", "ip050_partner"),
        Rule("81500090", "ip050_unconnected", carried=False),
    ]
    calls = [("a", row["number"], True, int(row["talk s"]), datetime(2026, 11, 2, 14, 0))]  # noqa: DTZ001 - in rated()
    line = rated(rules, calls).row(0, named=True)
    billed_by = "us" if line["carried"] else "another"
    expected = (row["class"], int(row["charge m¥"]), row["billed by"])
    assert (line["kind"], line["charge"], billed_by) == expected


@pytest.mark.django_db
def test_a_call_over_the_end_of_a_month_is_where_the_table_says(tmp_path, time_machine):
    time_machine.move_to(datetime(2026, 11, 22, 10, tzinfo=TOKYO))
    october(tmp_path)
    Call.objects.all().delete()
    version = TariffVersion.objects.get()
    rule = TariffRule.objects.get(version=version, prefix="81", band="")
    dearer = TariffVersion.objects.create(
        name="later", usage_kinds=version.usage_kinds, valid_from=MONTH, released_at=timezone.now()
    )
    rule.pk, rule.version, rule.price = None, dearer, 10_000
    rule.save(force_insert=True)
    rows = table("the end of a month")
    take_in(
        tmp_path,
        *(
            cdr(OURS, SHOP, row["began"], row["ended"], talk="180", uniqueid=f"1790000000.{n}")
            for n, row in enumerate(rows)
        ),
    )
    told = {
        (f"{timezone.localtime(call.started_at):%Y-%m-%d %H:%M:%S}", f"{call.month:%Y-%m}", call.charge)
        for call in Call.objects.all()
    }
    assert told == {(row["began"], row["month"], int(row["charge m¥"])) for row in rows}


@pytest.mark.parametrize("row", table("discounts under other settings"), ids=lambda row: " ".join(row.values()))
def test_the_discount_follows_its_settings(row):
    began = datetime(2026, 11, 2, 14, 0)  # noqa: DTZ001 - in rated()
    calls = [
        call
        for number in "AB"
        for call in (
            *[(number, "81312345678", True, 180, began)] * int(row[f"{number} calls out"]),
            (number, "81312345678", False, int(row[f"{number} s in"]), began),
        )
    ]
    rule = IncomingCallDiscount(
        "着割",
        date(2020, 4, 1),
        frozenset({"fixed"}),
        rounding=row["rounding"],
        cap=int(row["cap m¥"]) if row["cap m¥"] else None,
        scope=row["scope"],
    )
    lines = rated([Rule("81", "fixed", 8_000, 180)], calls)
    total = settle(summarise(lines, rule), number_fees([], [], month=MONTH), rule=rule, rates={"standard": 1000})
    assert total["discount"].to_list() == [int(row["discount m¥"])]


@pytest.mark.parametrize("row", table("who pays a fee"), ids=lambda row: " ".join(row.values()))
def test_who_pays_a_fee(row):
    fee = NumberFee("universal", date(2022, 1, 1), 2_000, frozenset({"ip050"}), ("8120",))
    to = date.fromisoformat(row["to"]) if row["to"] else None
    held = Holding(1, row["kind"], row["number"], date.fromisoformat(row["held from"]), to)
    assert number_fees([held], [fee], month=date(2026, 4, 1))["charge"].sum() == int(row["fee m¥"])
