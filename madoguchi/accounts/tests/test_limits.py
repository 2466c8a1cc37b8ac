import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.accounts import limits
from madoguchi.accounts.limits import Limit, TooMany, drained, fits, give_back, take
from madoguchi.accounts.models import TryLevel

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "identity.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([a-z ]+) \| [^|]+ \| (\d+) \| (\d+) minutes \|$", DOCUMENT, re.M)
FIVE = Limit("five", 5, timedelta(minutes=5))


def test_the_limits_are_those_of_the_document():
    kept = {limit.name: limit for limit in vars(limits).values() if isinstance(limit, Limit)}
    assert {name: (int(tries), timedelta(minutes=int(minutes))) for name, tries, minutes in ROWS} == {
        name: (limit.tries, limit.period) for name, limit in kept.items()
    }


def test_a_bucket_empties_evenly():
    assert drained(5, elapsed=timedelta(minutes=1), limit=FIVE) == 4
    assert drained(5, elapsed=timedelta(minutes=5), limit=FIVE) == 0
    assert drained(2, elapsed=timedelta(days=1), limit=FIVE) == 0
    assert fits(4, limit=FIVE)
    assert not fits(4.1, limit=FIVE)


def test_a_clock_set_back_neither_fills_nor_empties():
    assert drained(3, elapsed=timedelta(hours=-1), limit=FIVE) == 3


@given(st.lists(st.integers(0, 400), max_size=60))
def test_never_more_than_the_limit_and_what_drains_meanwhile(pauses):
    level, taken, passed = 0.0, 0, 0
    for pause in pauses:
        passed += pause
        level = drained(level, elapsed=timedelta(seconds=pause), limit=FIVE)
        if fits(level, limit=FIVE):
            level, taken = level + 1, taken + 1
        assert taken <= FIVE.tries + passed / 60 + 1e-6


def test_tries_are_counted_for_each_apart(db):
    with time_machine.travel("2026-11-22 10:00:00", tick=False) as clock:
        for _try in range(5):
            take(FIVE, "alice@example.jp")
        with pytest.raises(TooMany):
            take(FIVE, "alice@example.jp")
        take(FIVE, "bob@example.jp")
        take(Limit("other", 5, FIVE.period), "alice@example.jp")
        give_back(FIVE, "alice@example.jp")
        take(FIVE, "alice@example.jp")
        clock.shift(60)
        take(FIVE, "alice@example.jp")
        with pytest.raises(TooMany):
            take(FIVE, "alice@example.jp")


def test_several_tries_at_once_fit_together_or_not_at_all(db):
    with time_machine.travel("2026-11-22 10:00:00", tick=False):
        take(FIVE, "192.0.2.1", tries=3)
        with pytest.raises(TooMany):
            take(FIVE, "192.0.2.1", tries=3)
        take(FIVE, "192.0.2.1", tries=2)
        with pytest.raises(TooMany):
            take(FIVE, "192.0.2.1")


def test_whose_tries_they_are_is_not_readable(db):
    take(FIVE, "alice@example.jp")
    assert "alice" not in TryLevel.objects.get().key


@settings(max_examples=25)
@given(st.lists(st.integers(-100, 400), min_size=1, max_size=12))
def test_the_database_counts_as_the_arithmetic_says(db, pauses):
    TryLevel.objects.all().delete()
    level = 0.0
    with time_machine.travel("2026-11-22 10:00:00", tick=False) as clock:
        for pause in pauses:
            clock.shift(pause)
            level = drained(level, elapsed=timedelta(seconds=pause), limit=FIVE) if level else 0.0
            if fits(level, limit=FIVE):
                take(FIVE, "alice@example.jp")
                level += 1
            else:
                with pytest.raises(TooMany):
                    take(FIVE, "alice@example.jp")
                break
            assert TryLevel.objects.get().level == pytest.approx(level)


def test_an_emptied_bucket_starts_anew(db):
    for _try in range(5):
        take(FIVE, "alice@example.jp")
    limits.release(FIVE, "alice@example.jp")
    take(FIVE, "alice@example.jp")


def test_nothing_is_given_back_where_nothing_was_taken(db):
    give_back(FIVE, "alice@example.jp")
    assert not TryLevel.objects.exists()
