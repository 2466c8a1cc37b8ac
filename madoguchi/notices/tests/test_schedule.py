"""Scheduled publication: the rules of ``docs/notices-life.md`` one by one."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.accounts.models import StaffRole
from madoguchi.delivery import renderers
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.notices import schedule, write
from madoguchi.notices.lifecycle import IllegalMove
from madoguchi.notices.models import Notice, Report
from madoguchi.notices.publish import NotReady
from madoguchi.notices.schedule import PastMoment, publish_due, unschedule
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW
from madoguchi.notices.withdraw import withdraw

pytestmark = pytest.mark.django_db
MOMENT = NOW + timedelta(hours=2)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def sato():
    return make.account("sato", staff_role=StaffRole.PUBLISHER)


def _alarm():
    """The mail to the staff on duty, as it leaves."""
    letter = Letter.objects.get(recipient_key="alarm")
    draft = renderers.render(letter.mailing.renderer, letter.mailing.reference, letter.language, "full")
    return letter, renderers.SLOT.sub(lambda found: letter.personal[found[1]], f"{draft.subject}\n{draft.text}")


def test_it_goes_out_at_its_moment_and_once(sato):
    report = schedule.schedule(make.work(make.service()), at=MOMENT, by=sato)
    assert publish_due(at=MOMENT - timedelta(seconds=1)) == 0
    late = MOMENT + timedelta(seconds=40)
    assert publish_due(at=late) == 1
    assert publish_due(at=late) == 0
    report.refresh_from_db()
    assert (report.ordinal, report.published_by, report.published_at) == (1, sato, late)
    assert Notice.objects.get().number == "W-2026-000001"
    assert Mailing.objects.count() == 1


def test_a_job_waits_for_exactly_that_moment(sato):
    schedule.schedule(make.work(make.service()), at=MOMENT, by=sato)
    assert ProcrastinateJob.objects.get(task_name="notices.publish_due").scheduled_at == MOMENT


def test_what_cannot_be_published_cannot_be_scheduled(sato):
    service = make.service()
    with pytest.raises(NotReady, match="no_body_ja"):
        schedule.schedule(make.work(service, body_ja=""), at=MOMENT, by=sato)
    with pytest.raises(IllegalMove):
        schedule.schedule(make.work(service, state_after="completed"), at=MOMENT, by=sato)
    with pytest.raises(PastMoment):
        schedule.schedule(make.work(service), at=NOW, by=sato)
    assert not Report.objects.exclude(publish_at=None).exists()


def test_a_change_takes_it_off_the_schedule_and_saving_it_unchanged_does_not(sato):
    draft = schedule.schedule(make.work(make.service()), at=MOMENT, by=sato)
    says, about = write.content_of_report(draft), write.content_of(draft.notice)
    same = write.edit_report(draft, content=says, about=about, by=sato, revision=0)
    assert (same.publish_at, same.revision) == (MOMENT, 0)
    retitled = write.edit_report(draft, content=says, about=replace(about, title_en="Other"), by=sato)
    assert (retitled.publish_at, retitled.scheduled_by, retitled.revision) == (None, None, 1)
    schedule.schedule(draft, at=MOMENT, by=sato)
    assert write.edit_report(draft, content=replace(says, body_ja="別の文"), by=sato).publish_at is None
    assert publish_due(at=MOMENT) == 0


def test_it_is_taken_off_the_schedule_by_hand_and_may_be_scheduled_again(sato):
    draft = schedule.schedule(make.work(make.service()), at=MOMENT, by=sato)
    assert unschedule(draft, by=sato).publish_at is None
    schedule.schedule(draft, at=MOMENT + timedelta(hours=1), by=sato)
    assert publish_due(at=MOMENT) == 0
    assert publish_due(at=MOMENT + timedelta(hours=1)) == 1
    with pytest.raises(write.NotADraft):
        unschedule(draft, by=sato)


def test_publishing_by_hand_takes_the_place_of_the_schedule(sato):
    draft = schedule.schedule(make.work(make.service()), at=MOMENT, by=sato)
    published = draft.publish(by=sato, at=NOW)
    assert (published.publish_at, published.scheduled_by) == (None, None)
    assert publish_due(at=MOMENT) == 0


def test_what_is_no_longer_legal_is_not_published_and_staff_are_told(sato):
    service = make.service()
    first = make.work(service).publish(by=None, at=NOW)
    ends = write.add_report(
        first.notice, content=replace(write.content_of_report(first), state_after="completed"), by=sato
    )
    schedule.schedule(ends, at=MOMENT, by=sato)
    # The clock, or somebody, moved it meanwhile.
    Notice.objects.update(state="cancelled")
    other = schedule.schedule(make.work(service), at=MOMENT, by=sato)
    assert publish_due(at=MOMENT) == 1
    ends.refresh_from_db()
    assert (ends.ordinal, ends.publish_at, ends.schedule_failed) == (None, None, "illegal_move")
    other.refresh_from_db()
    assert other.ordinal == 1
    letter, said = _alarm()
    assert letter.address == "alarm@aoba.example"
    assert said.startswith("公開できませんでした：設備の更新工事\n")
    assert "指定の時刻：2026年11月22日（日）16:05 JST" in said
    assert "その後お知らせの状態が変わったため、この状態には進めません。" in said
    assert f"/console/notices/{ends.notice_id}/" in said


def test_what_lacks_something_by_then_is_not_published(sato):
    draft = schedule.schedule(make.work(make.service()), at=MOMENT, by=sato)
    draft.notice.services.clear()
    assert publish_due(at=MOMENT) == 0
    draft.refresh_from_db()
    assert draft.schedule_failed == "not_ready"
    assert "公開に必要な項目がそろっていません。" in _alarm()[1]


def test_nothing_goes_out_in_the_name_of_somebody_who_may_not_publish_any_more(sato):
    draft = schedule.schedule(make.work(make.service()), at=MOMENT, by=sato)
    sato.staff_role = StaffRole.VIEWER
    sato.save()
    assert publish_due(at=MOMENT) == 0
    draft.refresh_from_db()
    assert draft.schedule_failed == "not_a_publisher"
    assert Notice.objects.get().number is None


def test_a_withdrawal_ends_the_schedule_without_a_word(sato):
    first = make.trouble(make.service()).publish(by=None, at=NOW)
    waiting = write.add_report(first.notice, content=write.content_of_report(first), by=sato)
    schedule.schedule(waiting, at=MOMENT, by=sato)
    withdraw(first.notice, reason_ja="誤り", notify=False, by=sato)
    assert publish_due(at=MOMENT) == 0
    assert not Letter.objects.filter(recipient_key="alarm").exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_publish_it_once(sato):
    service = make.service()
    for _ in range(4):
        schedule.schedule(make.work(service), at=MOMENT, by=sato)

    def work(_):
        try:
            return publish_due(at=MOMENT)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=3) as pool:
        assert sum(pool.map(work, range(3))) == 4
    assert sorted(map(str, Notice.objects.published())) == [f"W-2026-{n:06}" for n in range(1, 5)]
    assert Mailing.objects.count() == 4
