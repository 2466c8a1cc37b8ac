"""How much a worker claims, against the table of ``docs/delivery.md``."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.delivery.engine.appetite import LEAST, Pace, portion
from madoguchi.delivery.tests.test_rules import table

MOST = 500


@pytest.mark.parametrize(("rate", "letters"), table("letters a second"))
def test_a_worker_claims_what_the_table_says(rate, letters):
    assert portion(float(rate), most=MOST) == int(letters)


def test_a_small_batch_is_never_exceeded():
    assert portion(0, most=4) == portion(10_000, most=4) == 4


def letters_end(pace: Pace, *, seconds: float, rate: float, begin: float = 0.0, kept_waiting: bool = True) -> float:
    """Let so many a second end, looked at every 20 ms; the moment after."""
    looks = round(seconds * 50)
    for look in range(1, looks + 1):
        pace.ended += round(rate * look / 50) - round(rate * (look - 1) / 50)
        pace.look(begin + look / 50, kept_waiting=kept_waiting)
    return begin + seconds


def test_a_fast_relay_is_known_at_once():
    pace = Pace()
    pace.look(0.0, kept_waiting=False)
    letters_end(pace, seconds=0.2, rate=9_000)
    assert portion(pace.rate, most=MOST) == MOST


def test_a_relay_that_becomes_slow_is_known_within_seconds():
    pace = Pace()
    now = letters_end(pace, seconds=5, rate=9_000)
    letters_end(pace, seconds=20, rate=10, begin=now)
    assert portion(pace.rate, most=MOST) < 30


def test_without_letters_a_worker_has_not_become_slow():
    pace = Pace()
    now = letters_end(pace, seconds=10, rate=1_000)
    before = pace.rate
    letters_end(pace, seconds=60, rate=0, begin=now, kept_waiting=False)
    assert pace.rate == before


def test_a_relay_that_answers_all_connections_at_once_is_taken_for_what_it_is():
    """Ten answers together, once a second."""
    pace = Pace()
    for second in range(60):
        for tenth in range(10):
            pace.ended += 10 if tenth == 5 else 0
            pace.look(second + tenth / 10, kept_waiting=True)
    assert 5 < pace.rate < 15


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.integers(1, 5000))
def test_more_speed_is_never_less_claimed(one, other, most):
    slow, fast = sorted([one, other])
    assert min(LEAST, most) <= portion(slow, most=most) <= portion(fast, most=most) <= most
