"""The rules of retrying and of leaving groups in peace, against the tables of ``docs/delivery.md``."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.delivery.engine.feeder import Step
from madoguchi.delivery.engine.fuse import Tally
from madoguchi.delivery.engine.pacing import Pacing, Pause, group_of
from madoguchi.delivery.engine.retry import in_time, wait_after
from madoguchi.delivery.engine.verdict import fault
from madoguchi.lib.lanes import Lane

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "delivery.md").read_text(encoding="utf-8")


def table(first_cell: str) -> list[list[str]]:
    """The rows of the table whose first heading is that."""
    lines = DOCUMENT.split(f"| {first_cell} |", 1)[1].split("\n")[2:]
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


RETRIES = [(int(re.sub(r"\D", "", tries)), int(codes), int(others)) for tries, codes, others in table("after try")]


@pytest.mark.parametrize(("tries", "codes", "others"), RETRIES)
def test_the_wait_after_a_try_is_the_tables(tries, codes, others):
    assert wait_after(tries, Lane.CODES, chance=0) == codes
    for lane in (Lane.TROUBLE, Lane.WORK, Lane.REST):
        assert wait_after(tries, lane, chance=0) == others
        assert wait_after(tries, lane, chance=1) == pytest.approx(others * 1.2)


def test_the_last_row_counts_from_there_on():
    tries, codes, others = RETRIES[-1]
    assert wait_after(tries + 50, Lane.CODES, chance=0) == codes
    assert wait_after(tries + 50, Lane.WORK, chance=0) == others


def test_no_try_after_the_expiry():
    assert in_time(60, left=61)
    assert not in_time(60, left=60)
    assert not in_time(60, left=-5)


PAUSES = [int(seconds) for _, seconds in table("what the relay answered for the group")]


def test_pauses_grow_as_the_table_says():
    four, five, second, third, longest, _ = PAUSES
    pause, now = Pause(), 1000.0
    for _ in range(4):
        pause.strike(now)
    assert pause.left(now) == four
    pause.strike(now)
    assert pause.left(now) == five
    for expected in (second, third):
        now += pause.left(now)
        assert pause.left(now) == 0
        pause.strike(now)
        assert pause.left(now) == expected
    for _ in range(20):
        now += pause.left(now)
        pause.strike(now)
    assert pause.left(now) == longest


def test_one_goodbye_is_enough():
    pause = Pause()
    pause.strike(0.0, at_once=True)
    assert pause.left(0.0) == PAUSES[-1]


def test_refusals_that_were_under_way_count_once():
    pause = Pause()
    for _ in range(50):
        pause.strike(0.0)
    assert pause.left(0.0) == PAUSES[1]


def test_only_the_group_in_trouble_pauses_and_a_success_ends_it():
    pacing = Pacing()
    pacing.struck("a@docomo.ne.jp", 0.0, at_once=True)
    assert pacing.left("b@docomo.ne.jp", 0.0) == PAUSES[-1]
    assert pacing.left("b@example.jp", 0.0) == 0
    pacing.accepted("b@example.jp")
    assert pacing.left("b@docomo.ne.jp", 0.0) > 0
    pacing.accepted("c@docomo.ne.jp")
    assert pacing.left("b@docomo.ne.jp", 0.0) == 0


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("a@EZWEB.ne.jp", "au"),
        ("a@au.com", "au"),
        ('"a@b"@i.softbank.jp', "softbank"),
        ("a@sub.gmail.com", "sub.gmail.com"),
        ("a@example.jp", "example.jp"),
    ],
)
def test_domains_of_one_operator_are_one_group(address, group):
    assert group_of(address) == group


STEPS = {"sender": Step.MAIL, "recipient": Step.RCPT, "end": Step.END}


@pytest.mark.parametrize("row", table("refused at"), ids=" ".join)
def test_whose_fault_a_refusal_is_is_the_tables(row):
    step, reply, reason, _ = (cell.strip("`") for cell in row)
    assert fault(STEPS[step], int(reply[:3]), reply) == reason


@pytest.mark.parametrize("row", table("outcomes"), ids=" ".join)
def test_when_a_mailing_pauses_itself_is_the_tables(row):
    outcomes, pauses = row
    tally, blown = Tally(), False
    for words in outcomes.split(", "):
        number, what = words.split()
        for _ in range(int(number)):
            assert not blown, "earlier than the table says"
            blown = tally.note(failed=what != "sent", ours=what == "ours")
    assert blown == (pauses == "yes")


@given(st.lists(st.sampled_from(["sent", "failed", "ours"]), max_size=300))
def test_few_failures_never_pause_a_mailing(outcomes):
    tally = Tally()
    for number, what in enumerate(outcomes):
        if tally.note(failed=what != "sent", ours=what == "ours"):
            seen = outcomes[: number + 1]
            assert seen[-10:].count("ours") == 10 or sum(one != "sent" for one in seen[-200:]) >= 0.4 * 50
