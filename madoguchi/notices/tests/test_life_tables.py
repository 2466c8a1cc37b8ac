"""What happens when: the worked tables of ``docs/notices-life.md``."""

from datetime import datetime, timedelta

import pytest

from madoguchi.notices import affected, course, lifecycle, overdue, ready, remind
from madoguchi.notices.lifecycle import State
from madoguchi.notices.tests.documented import life
from madoguchi.notices.tests.make import TOKYO


def _on(told: str) -> datetime:
    """A day of November and a time, as the tables have them."""
    return datetime.strptime(f"2026-11-{told}", "%Y-%m-%d %H:%M").replace(tzinfo=TOKYO)


BEGIN, END = _on("23 01:00"), _on("23 05:00")


@pytest.mark.parametrize("row", life("## Work that moves by itself"), ids=" ".join)
def test_work_moves_by_itself(row):
    state, starts, ends, said, now, moves_to = row
    told = course.Course(
        state=State(state),
        begin=BEGIN,
        end=END,
        starts_itself=starts == "yes",
        ends_itself=ends == "yes",
        said_at=_on(said),
    )
    assert told.move(_on(now)) == (State(moves_to) if moves_to else None)


@pytest.mark.parametrize("row", life("## Reminders"), ids=" ".join)
def test_reminders(row):
    hours, known, mailed, now, reminder = row
    due = remind.due_hours(
        [int(before) for before in hours.split()],
        begin=BEGIN,
        known=_on(known),
        mailed=None if mailed == "never" else _on(mailed),
        at=_on(now),
    )
    assert due == (int(reminder) if reminder else None)


@pytest.mark.parametrize("row", life("## The next report of a trouble"), ids=" ".join)
def test_staff_are_told_of_a_promised_report(row):
    promised, said, now, told = row
    wanted = overdue.wanted(due=_on(f"22 {promised}"), said=_on(f"22 {said}"), at=_on(f"22 {now}"))
    assert wanted == (told or None)


@pytest.mark.parametrize("row", life("### Blanks"), ids=" ".join)
def test_blanks(row):
    text, left = row
    assert ready.blanks(text) == left.split()


@pytest.mark.django_db
@pytest.mark.parametrize("row", life("## Affected contracts"), ids=" ".join)
def test_a_number_as_it_is_written(row):
    written, becomes = row
    found = affected.read(f"C100000009\n{written}")
    match becomes:
        case "damaged by a spreadsheet" | "not a contract number":
            ((line, said),) = found.problems
            assert line == 2
            assert written.split()[0][:30] in said
            assert ("表計算" in said) == (becomes == "damaged by a spreadsheet")
        case _:
            assert (found.numbers, found.problems) == (("C100000009", becomes), ())


def test_what_moves_is_a_legal_move():
    for row in life("## Work that moves by itself"):
        if row[-1]:
            lifecycle.check(kind="work", before=row[0], after=row[-1])


def test_hours_are_counted_in_real_time_across_a_change_of_clocks():
    begin = datetime(2026, 11, 1, 12, tzinfo=TOKYO)
    found = remind.due_hours(
        [24], begin=begin, known=begin - timedelta(days=9), mailed=None, at=begin - timedelta(hours=24)
    )
    assert found == 24
