from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.delivery.models import Mailing
from madoguchi.notices import write
from madoguchi.notices.lifecycle import IllegalMove, State
from madoguchi.notices.models import Notice, NumberSeries
from madoguchi.notices.publish import NotReady
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW

pytestmark = pytest.mark.django_db


def _further(report, **says):
    notice = Notice.objects.get(pk=report.notice_id)
    content = write.further_content(notice)
    return write.add_report(
        notice, content=type(content)(**{**_as_dict(content), "body_ja": "続報です。", **says}), by=None
    )


def _as_dict(content):
    return {name: getattr(content, name) for name in content.__slots__}


def test_the_first_report_gives_the_notice_its_number_state_and_times():
    report = make.trouble(make.service()).publish(by=None, at=NOW)
    notice = Notice.objects.get()
    assert notice.number == "T-2026-000001"
    assert (notice.state, notice.first_published_at, notice.last_published_at) == (State.INVESTIGATING, NOW, NOW)
    assert (report.ordinal, report.is_final, report.published_at) == (1, False, NOW)
    assert notice.latest_report == report
    assert list(Notice.objects.in_force()) == [notice]


def test_trouble_asks_for_the_next_report_within_the_hour():
    report = make.trouble(make.service()).publish(by=None, at=NOW)
    assert report.next_report_due == NOW + timedelta(hours=1)
    assert Notice.objects.get().next_report_due == NOW + timedelta(hours=1)


def test_reports_follow_one_another_to_the_final_one():
    first = make.trouble(make.service()).publish(by=None, at=NOW)
    second = _further(first, state_after="recovering", expected_end=NOW + timedelta(hours=2))
    second = second.publish(by=None, at=NOW + timedelta(minutes=50))
    last = _further(first, state_after="recovered", ended_at=NOW + timedelta(hours=1))
    last = last.publish(by=None, at=NOW + timedelta(minutes=70))
    notice = Notice.objects.get()
    assert [report.ordinal for report in notice.published_reports] == [3, 2, 1]
    assert second.changes == {"expected_end": [None, "2026-11-22T07:05:00+00:00"]}
    assert (last.is_final, last.next_report_due, notice.state) == (True, None, State.RECOVERED)
    assert notice.ended_at == NOW + timedelta(hours=1)
    assert not Notice.objects.in_force().exists()


def test_a_reschedule_keeps_old_and_new_windows():
    first = make.work(make.service()).publish(by=None, at=NOW)
    later = tuple(
        type(p)(starts_at=p.starts_at + timedelta(days=7), ends_at=p.ends_at + timedelta(days=7))
        for p in first.notice.periods
    )
    second = _further(first, windows=later).publish(by=None, at=NOW + timedelta(hours=1))
    old, new = second.changes["windows"]
    assert old == first.windows
    assert new == second.windows
    assert Notice.objects.get().periods == later


def test_an_illegal_move_is_refused_and_leaves_nothing():
    first = make.work(make.service(), state_after="tentative").publish(by=None, at=NOW)
    wrong = _further(first, state_after="completed")
    with pytest.raises(IllegalMove, match="from tentative to completed"):
        wrong.publish(by=None, at=NOW)
    assert Notice.objects.get().state == State.TENTATIVE
    assert Mailing.objects.count() == 1


@pytest.mark.parametrize(
    ("draft", "codes"),
    [
        (lambda s: make.trouble(s, body_ja=" "), ["no_body_ja"]),
        (lambda s: make.trouble(s, notice={"title_ja": ""}), ["no_title_ja"]),
        (lambda s: make.trouble(), ["no_services"]),
        (lambda s: make.trouble(s, started_at=None), ["no_start"]),
        (lambda s: make.trouble(s, started_at=NOW + timedelta(minutes=6)), ["not_begun"]),
        (lambda s: make.trouble(s, state_after="recovered"), ["no_end"]),
        (lambda s: make.trouble(s, started_at=NOW, expected_end=NOW - timedelta(days=1)), ["end_before_start"]),
        (lambda s: make.trouble(s, state_after="recovered", ended_at=NOW + timedelta(minutes=1)), ["not_yet"]),
        (lambda s: make.work(s, windows=()), ["no_windows"]),
        (lambda s: make.work(body_ja="", windows=()), ["no_body_ja", "no_services", "no_windows"]),
    ],
)
def test_what_is_missing_is_said_all_at_once(draft, codes):
    report = draft(make.service())
    with pytest.raises(NotReady) as refused:
        report.publish(by=None, at=NOW)
    assert [reason.code for reason in refused.value.reasons] == codes
    assert Notice.objects.get().number is None


def test_a_window_that_ends_before_it_starts_is_no_window():
    good = make.work(make.service()).notice.periods[0]
    with pytest.raises(ValueError, match="ends before it starts"):
        type(good)(starts_at=good.ends_at, ends_at=good.starts_at)


def test_nobody_who_got_the_first_report_is_left_without_the_last():
    first = make.trouble(make.service()).publish(by=None, at=NOW)
    silent = _further(first, state_after="recovered", ended_at=NOW, notify=False)
    with pytest.raises(NotReady) as refused:
        silent.publish(by=None, at=NOW)
    assert [reason.field for reason in refused.value.reasons] == ["notify"]


def test_a_published_report_is_published_once():
    report = make.trouble(make.service()).publish(by=None, at=NOW)
    with pytest.raises(NotReady, match="already_published"):
        report.publish(by=None, at=NOW)


def test_the_database_refuses_to_change_or_delete_a_published_report():
    report = make.trouble(make.service()).publish(by=None, at=NOW)
    report.body_ja = "書き換え"
    for act in (report.save, report.delete):
        with pytest.raises(IntegrityError, match="is published"), transaction.atomic():
            act()


def test_publishing_opens_a_mailing_in_its_lane_and_defers_the_job_that_writes_it():
    report = make.work(make.service()).publish(by=None, at=NOW)
    mailing = Mailing.objects.get()
    assert (mailing.renderer, mailing.reference, mailing.get_lane_display()) == (
        "notices.report",
        str(report.pk),
        "work",
    )
    # The window of tomorrow night is over within the day after publication.
    assert mailing.expires_at == NOW + timedelta(hours=24)
    job = ProcrastinateJob.objects.get(task_name="notices.write_letters")
    assert job.args == {"mailing_id": mailing.pk}
    assert job.priority == 10


def test_without_notify_nothing_is_mailed():
    make.trouble(make.service(), notify=False).publish(by=None, at=NOW)
    assert not Mailing.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_a_rollback_leaves_neither_report_nor_number_nor_job():
    report = make.trouble(make.service())
    with transaction.atomic():
        report.publish(by=None, at=NOW)
        transaction.set_rollback(True)
    assert not NumberSeries.objects.exists()
    assert not Mailing.objects.exists()
    assert not ProcrastinateJob.objects.exists()
    assert report.publish(by=None, at=NOW).notice.number == "T-2026-000001"


def test_the_year_of_a_number_is_that_of_the_operators_clock():
    midnight = NOW.replace(year=2027, month=1, day=1, hour=0, minute=0)
    service = make.service()
    before = make.work(service).publish(by=None, at=midnight - timedelta(seconds=1))
    after = make.work(service).publish(by=None, at=midnight)
    assert (before.notice.number, after.notice.number) == ("W-2026-000001", "W-2027-000001")


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gaps_when_many_publish_at_once_and_some_fail():
    service = make.service()
    drafts = [make.trouble(service) for _ in range(12)]

    def publish(place):
        try:
            with transaction.atomic():
                drafts[place].publish(by=None, at=NOW)
                if place % 4 == 0:
                    raise RuntimeError
        except RuntimeError:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=6) as pool:
        list(pool.map(publish, range(12)))
    numbers = sorted(str(notice) for notice in Notice.objects.published())
    assert numbers == [f"T-2026-{n:06}" for n in range(1, 10)]


@pytest.mark.django_db(transaction=True)
def test_one_draft_published_by_two_at_once_is_published_once():
    report = make.trouble(make.service())

    def publish(_):
        try:
            report.__class__.objects.get(pk=report.pk).publish(by=None, at=NOW)
        except NotReady:
            return "refused"
        finally:
            connection.close()
        return "published"

    with ThreadPoolExecutor(max_workers=2) as pool:
        assert sorted(pool.map(publish, range(2))) == ["published", "refused"]
    assert Mailing.objects.count() == 1
