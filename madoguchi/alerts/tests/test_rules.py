"""When something is worth telling, against the tables of ``docs/alerts.md``."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.alerts.rules import LEAST, TIMES, passes, rises, step, usual

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "alerts.md").read_text(encoding="utf-8")


def table(first_cell: str) -> list[list[str]]:
    rows = []
    for line in DOCUMENT.split(f"\n| {first_cell} |", 1)[1].split("\n")[2:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def milliyen(words: str) -> int:
    return round(float(words.strip("¥ ").replace(",", "")) * 1000)


@pytest.mark.parametrize("row", table("amount"), ids=" ".join)
def test_an_amount_is_passed_as_the_table_says(row):
    amount, charge, told = row
    assert passes(milliyen(charge), budget=milliyen(amount) // 1000) == (told == "yes")


@pytest.mark.parametrize("row", table("three months before, newest first"), ids=" ".join)
def test_a_rise_is_what_the_table_says(row):
    before, normal, charge, told = row
    months = [milliyen(month) for month in before.split(" ")]
    assert usual(months) == (None if normal == "–" else milliyen(normal))
    assert rises(milliyen(charge), months) == (told == "yes")


def gigabytes(words: str) -> int:
    return round(float(words.removesuffix(" GB")) * 10**9)


@pytest.mark.parametrize("row", table("included"), ids=" ".join)
def test_a_step_of_the_data_is_what_the_table_says(row):
    included, used, told = row
    reached = step(gigabytes(used), included=None if included == "no limit" else gigabytes(included))
    assert reached == (0 if told == "–" else int(told.removesuffix(" %")))


@given(st.lists(st.integers(0, 10**10), max_size=8), st.integers(0, 10**10))
def test_a_rise_is_never_small(before, charge):
    if rises(charge, before):
        normal = usual(before)
        assert normal is not None
        assert charge > TIMES * normal
        assert charge - normal >= LEAST
