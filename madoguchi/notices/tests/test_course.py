"""Work that begins and ends by itself: reports of its own, beside what people write."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from madoguchi.delivery.models import Mailing
from madoguchi.notices import mailings, write
from madoguchi.notices.content import Period
from madoguchi.notices.course import move_due
from madoguchi.notices.lifecycle import State
from madoguchi.notices.models import Notice, Report
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW

pytestmark = pytest.mark.django_db
BEGIN = (NOW + timedelta(days=1)).replace(hour=1, minute=0)
END = BEGIN + timedelta(hours=4)
BOTH = {"starts_itself": True, "ends_itself": True}


def _work(**says):
    return make.work(make.service(), **{**BOTH, **says}).publish(by=None, at=NOW)


def _last() -> Report:
    return Report.objects.published()[0]


def _reports():
    notice = Notice.objects.get()
    return [(report.ordinal, report.state_after, report.is_final) for report in reversed(notice.published_reports)]


def test_it_begins_and_ends_by_reports_of_its_own():
    _work()
    assert move_due(at=BEGIN - timedelta(seconds=1)) == 0
    assert [move_due(at=BEGIN), move_due(at=BEGIN)] == [1, 0]
    start = _last()
    assert (start.started_at, start.published_at, start.published_by, start.written_by) == (BEGIN, BEGIN, None, None)
    assert start.body_ja.startswith("2026年11月23日（月）01:00 JSTに工事を開始しました。")
    assert start.body_en.startswith("The work began on 23 Nov 2026, 01:00 JST.")
    assert [move_due(at=END), move_due(at=END)] == [1, 0]
    end = _last()
    assert (end.started_at, end.ended_at) == (BEGIN, END)
    assert "23 Nov 2026, 05:00 JST" in end.body_en
    assert _reports() == [(1, "confirmed", False), (2, "in_progress", False), (3, "completed", True)]
    assert Mailing.objects.filter(renderer=mailings.REPORT).count() == 3


def test_after_a_long_downtime_only_the_end_is_told_with_both_times():
    _work()
    assert move_due(at=END + timedelta(days=1)) == 1
    end = _last()
    assert (end.state_after, end.started_at, end.ended_at) == (State.COMPLETED, BEGIN, END)
    assert end.published_at == END + timedelta(days=1)
    assert _reports() == [(1, "confirmed", False), (2, "completed", True)]


def test_a_silent_begin_and_an_end_that_has_to_be_mailed():
    _work(notify_start=False, notify_end=False)
    move_due(at=BEGIN)
    assert not _last().notify
    move_due(at=END)
    # Nobody who got the first report is left without the last.
    assert _last().notify


def test_where_nothing_was_mailed_nothing_is():
    _work(notify=False, notify_start=False, notify_end=False)
    move_due(at=BEGIN)
    move_due(at=END)
    assert _reports()[-1] == (3, "completed", True)
    assert not Mailing.objects.exists()


def test_a_draft_that_somebody_writes_stays_and_comes_next():
    first = _work()
    draft = write.add_report(
        first.notice,
        content=replace(write.further_content(first.notice), body_ja="続報", state_after="in_progress"),
        by=None,
    )
    assert move_due(at=BEGIN) == 1
    draft = draft.publish(by=None, at=BEGIN + timedelta(minutes=3))
    assert (draft.ordinal, draft.body_ja) == (3, "続報")


def test_a_reschedule_moves_both_moments():
    first = _work()
    week = timedelta(days=7)
    later = (Period(starts_at=BEGIN + week, ends_at=END + week),)
    moved = replace(write.content_of_report(first), windows=later)
    write.add_report(first.notice, content=moved, by=None).publish(by=None, at=NOW + timedelta(hours=1))
    assert move_due(at=END) == 0
    assert move_due(at=BEGIN + week) == 1
    assert move_due(at=END + week) == 1


def test_work_broken_off_begins_again_in_its_new_window():
    first = _work()
    move_due(at=BEGIN)
    week = timedelta(days=7)
    later = (Period(starts_at=BEGIN + week, ends_at=END + week),)
    moved = replace(write.content_of_report(first), windows=later)
    write.add_report(first.notice, content=moved, by=None).publish(by=None, at=BEGIN + timedelta(hours=1))
    assert move_due(at=END) == 0
    assert move_due(at=BEGIN + week) == 1
    assert Notice.objects.get().started_at == BEGIN + week


def test_a_spare_window_does_not_begin_by_itself():
    spare = Period(starts_at=BEGIN + timedelta(days=1), ends_at=END + timedelta(days=1), spare=True)
    main = Period(starts_at=BEGIN + timedelta(days=2), ends_at=END + timedelta(days=2))
    _work(windows=(spare, main))
    assert move_due(at=spare.starts_at) == 0
    assert move_due(at=main.starts_at) == 1


def test_several_main_windows_are_one_piece_of_work():
    second = Period(starts_at=BEGIN + timedelta(days=1), ends_at=END + timedelta(days=1))
    _work(windows=(Period(starts_at=BEGIN, ends_at=END), second))
    assert move_due(at=BEGIN) == 1
    assert move_due(at=END) == 0
    assert move_due(at=second.ends_at) == 1


@pytest.mark.parametrize("over", ["cancelled", "withdrawn"])
def test_what_is_cancelled_or_withdrawn_stays_so(over):
    _work()
    if over == "cancelled":
        Notice.objects.update(state=State.CANCELLED)
    else:
        Notice.objects.update(withdrawn_at=NOW)
    assert move_due(at=BEGIN) == 0
    assert move_due(at=END) == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_move_it_once():
    _work()

    def work(_):
        try:
            return move_due(at=BEGIN)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=3) as pool:
        assert sum(pool.map(work, range(3))) == 1
    assert _reports() == [(1, "confirmed", False), (2, "in_progress", False)]
