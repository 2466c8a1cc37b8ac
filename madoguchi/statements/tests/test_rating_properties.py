"""Any tariff, any calls: the kernel and the plain reference agree, to the milli-yen."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.statements.rating import (
    ADJUSTMENT,
    FEE_LINE,
    Band,
    IncomingCallDiscount,
    Rule,
    Tariff,
    Unbalanced,
    WrongTariff,
    add_up,
    allocate,
    balance,
    compile_tariff,
    number_key,
    rate,
    settle,
    summarise,
)
from madoguchi.statements.tests import reference

SETTLED = ("lines", "discount", "fees", "adjustments", "carried", "tax", "cut", "total")
KINDS = ["fixed", "mobile", "partner", "international"]
BANDS = (
    Band("night", frozenset(range(5)), frozenset({0, 1, 2, 3, 23})),
    Band("days off", frozenset({5, 6, 7}), frozenset(range(24))),
)
# Few digits, so that prefixes nest deeply and numbers hit them.
digits = st.text("128", min_size=1, max_size=6)
numbers = st.text("128", min_size=6, max_size=15)


@st.composite
def tariffs(draw, name="one", valid_from=date(2026, 1, 1)):
    bands = draw(st.sampled_from([(), BANDS]))
    rules = draw(
        st.lists(
            st.builds(
                Rule,
                prefix=digits,
                kind=st.sampled_from(KINDS),
                price=st.sampled_from([0, 500, 8000, 17_500, 999_999]),
                block_seconds=st.sampled_from([1, 6, 30, 60, 180]),
                setup=st.sampled_from([0, 0, 10_000]),
                free_seconds=st.sampled_from([0, 0, 60, 300]),
                tax=st.sampled_from(["standard", "exempt"]),
                carried=st.sampled_from([True, True, False]),
                band=st.sampled_from(["", *(band.name for band in bands)]),
            ),
            max_size=25,
            unique_by=lambda rule: (rule.prefix, rule.band),
        )
    )
    holidays = frozenset(draw(st.lists(st.dates(date(2026, 4, 1), date(2026, 4, 30)), max_size=3)))
    return Tariff(name, valid_from, tuple(rules), bands, holidays)


calls = st.lists(
    st.fixed_dictionaries(
        {
            "number": st.sampled_from(["a", "b"]),
            "digits": numbers,
            "outgoing": st.booleans(),
            "talk_seconds": st.one_of(st.just(0), st.integers(1, 400), st.integers(1, 90_000)),
            "started_at": st.integers(-9 * 3600, 29 * 86_400).map(reference.moment),
        }
    ),
    max_size=30,
)
discounts = st.none() | st.builds(
    IncomingCallDiscount,
    name=st.just("着割"),
    valid_from=st.just(date(2006, 12, 1)),
    kinds=st.frozensets(st.sampled_from(KINDS)),
    unit_seconds=st.sampled_from([1, 60, 180]),
    amount=st.sampled_from([1, 500, 7000]),
    rounding=st.sampled_from(["down", "up"]),
    not_in_base=st.frozensets(st.sampled_from(KINDS)),
    cap=st.none() | st.integers(0, 50_000),
    scope=st.sampled_from(["contract", "number"]),
)


def frame(calls):
    schema: dict[str, Any] = {
        "number": pl.String,
        "digits": pl.String,
        "outgoing": pl.Boolean,
        "talk_seconds": pl.Int32,
        "started_at": pl.Datetime("us", "UTC"),
    }
    return (
        pl.DataFrame(calls, schema=schema)
        .with_row_index("row")
        .with_columns(
            contract=pl.lit(1, dtype=pl.Int64),
            month=pl.lit(reference.MONTH),
            other=number_key(pl.col("digits")),
        )
    )


@settings(max_examples=150)
@given(old=tariffs(), new=tariffs(name="two", valid_from=date(2026, 4, 15)), calls=calls)
def test_every_line_is_the_reference_line(old, new, calls):
    lines = rate(frame(calls), [compile_tariff(new), compile_tariff(old)]).sort("row").rows(named=True)
    assert len(lines) == len(calls)
    for call, line in zip(calls, lines, strict=True):
        rule, blocks, charge = reference.price([old, new], call)
        assert (line["prefix"], line["kind"], line["tax"]) == (
            (rule.prefix, rule.kind, rule.tax) if rule else (None, None, None)
        )
        assert (line["blocks"], line["charge"]) == (blocks, charge)
        assert line["carried"] == (rule.carried if rule else None)
        assert line["charge"] == (line["setup"] + line["blocks"] * line["price"] if paid(line) else 0)


def paid(line):
    return line["outgoing"] and line["talk_seconds"] > 0 and line["carried"]


@settings(max_examples=150)
@given(
    tariff=tariffs(),
    calls=calls,
    discount=discounts,
    fee=st.none() | st.tuples(st.sampled_from(["standard", "exempt"]), st.integers(1, 5000)),
    basis_points=st.sampled_from([0, 800, 1000]),
    adjustments=st.lists(st.tuples(st.sampled_from(["standard", "exempt"]), st.integers(-50_000, 50_000)), max_size=3),
)
def test_every_month_is_the_reference_month(*, tariff, calls, discount, fee, basis_points, adjustments):
    lines = rate(frame(calls), [compile_tariff(tariff)])
    fees = [fee] if fee else []
    fee_lines = pl.DataFrame(
        [(1, reference.MONTH, "fee", reference.MONTH, 1, amount, amount, tax) for tax, amount in fees],
        schema=FEE_LINE,
        orient="row",
    )
    # In two parts, as a stream would have it.
    half = lines.height // 2
    parts = [summarise(part, discount) for part in (lines[:half], lines[half:])]
    rates = {"standard": basis_points}
    adjusted = pl.DataFrame(
        [(1, reference.MONTH, tax, amount) for tax, amount in adjustments], schema=ADJUSTMENT, orient="row"
    )
    totals = settle(add_up(parts, discount), fee_lines, rule=discount, rates=rates, adjustments=adjusted)
    expected = reference.month_total(
        [tariff], calls, discount=discount, fees=fees, rates=rates, adjustments=adjustments
    )
    if not calls and not fees and not adjustments:
        assert totals.height == 0
        return
    (total,) = totals.rows(named=True)
    assert tuple(total[name] for name in SETTLED) == expected


@given(tax=st.integers(0, 10**6), bases=st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
def test_shares_of_tax_add_up(tax, bases):
    assert sum(allocate(tax, bases)) == (tax if sum(bases) else 0)


@pytest.mark.parametrize(
    ("rules", "bands", "words"),
    [
        ([Rule("", "fixed")], (), "no prefix"),
        ([Rule("81-3", "fixed")], (), "no prefix"),
        ([Rule("81", "fixed", block_seconds=0)], (), "at least one second"),
        ([Rule("81", "fixed", price=-1)], (), "not negative"),
        ([Rule("81", "fixed"), Rule("81", "mobile")], (), "two rules"),
        ([Rule("81", "fixed", band="dusk")], (), "no time band"),
        ([], (Band("a", frozenset({1}), frozenset({5})), Band("b", frozenset({1, 2}), frozenset({5}))), "overlap"),
    ],
)
def test_a_tariff_that_contradicts_itself_is_refused(rules, bands, words):
    with pytest.raises(WrongTariff, match=words):
        compile_tariff(Tariff("x", date(2026, 1, 1), tuple(rules), bands))


def test_a_statement_that_does_not_add_up_is_refused():
    totals = pl.DataFrame(
        {
            "contract": [1],
            "month": [reference.MONTH],
            "lines": [8000],
            "discount": [0],
            "fees": [0],
            "adjustments": [0],
            "carried": [0],
            "tax": [0],
            "cut": [0],
            "total": [9],
        }
    )
    with pytest.raises(Unbalanced, match="contract 1"):
        balance(totals)
