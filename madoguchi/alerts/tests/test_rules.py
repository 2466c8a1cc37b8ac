"""When something is worth telling, against the tables of ``docs/alerts.md``."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.alerts.rules import LEAST, TIMES, passes, rises, usual

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "alerts.md").read_text(encoding="utf-8")


def table(first_cell: str) -> list[list[str]]:
    rows = []
    for line in DOCUMENT.split(f"| {first_cell} |", 1)[1].split("\n")[2:]:
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


@given(st.lists(st.integers(0, 10**10), max_size=8), st.integers(0, 10**10))
def test_a_rise_is_never_small(before, charge):
    if rises(charge, before):
        normal = usual(before)
        assert normal is not None
        assert charge > TIMES * normal
        assert charge - normal >= LEAST
