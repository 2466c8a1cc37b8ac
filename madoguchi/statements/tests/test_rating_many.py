"""What the kernel does otherwise when there is much of it gives what it does with little."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.statements.rating import Rule, Tariff, compile_tariff, number_key
from madoguchi.statements.rating import ranges as ranges_module
from madoguchi.statements.rating.sums import sums

# Prefixes shorter than six digits, between six and nine, and longer: every depth of the tables.
prefixes = st.lists(st.text("019", min_size=1, max_size=12), min_size=1, max_size=40, unique=True)
numbers = st.lists(st.text("0189", min_size=1, max_size=15), min_size=1, max_size=50)


def ranges_of(prefixes):
    rules = tuple(Rule(prefix, "fixed") for prefix in prefixes)
    return compile_tariff(Tariff("one", date(2026, 1, 1), rules)).ranges


@settings(max_examples=25)
@given(prefixes=prefixes, numbers=numbers, beginnings=st.sampled_from([1, 20_000]))
def test_tables_find_the_range_the_search_finds(prefixes, numbers, beginnings):
    ranges = ranges_of(prefixes)
    keys = pl.DataFrame({"digits": [*numbers, *prefixes]}).select(number_key(pl.col("digits"))).to_series()
    searched = ranges.of(keys)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranges_module, "MANY", 0)
        patch.setattr(ranges_module, "BEGINNINGS", beginnings)
        assert ranges.of(keys).to_list() == searched.to_list()


def test_a_number_longer_than_any_plan_has_is_searched_for(monkeypatch):
    monkeypatch.setattr(ranges_module, "MANY", 0)
    ranges = ranges_of(["9"])
    assert ranges.of(pl.Series([9 * 10**14, 10**15, 10**18], dtype=pl.Int64)).to_list() == [1, 2, 2]


BY = ["contract", "month", "tax"]


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from([0, 1, 7, 2**31 - 1, 2**31, 2**40]) | st.integers(0, 5),
            st.sampled_from([date(1969, 12, 1), date(2026, 4, 1), date(2149, 6, 1), date(2150, 1, 1)]),
            st.sampled_from(["standard", "exempt", None]),
            st.integers(-(10**12), 10**12),
        ),
        max_size=30,
    )
)
def test_sums_by_one_integer_are_the_sums_by_three_columns(rows):
    schema = {"contract": pl.Int64, "month": pl.Date, "tax": pl.Categorical, "charge": pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    expected: dict[tuple[object, ...], int] = {}
    for *key, charge in rows:
        expected[tuple(key)] = expected.get(tuple(key), 0) + charge
    found = sums(frame, BY, ["charge"])
    assert dict(found.schema) == schema
    assert {tuple(key): charge for *key, charge in found.rows()} == expected
    assert found.height == len(expected)
