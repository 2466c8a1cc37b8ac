"""Reminders to customers, and the staff's own: who gets them, once, and what takes them back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from madoguchi.delivery import renderers
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.notices import audience, mailings, write
from madoguchi.notices.content import Period
from madoguchi.notices.models import Report
from madoguchi.notices.overdue import tell_overdue
from madoguchi.notices.remind import remind_due
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW
from madoguchi.notices.withdraw import withdraw

pytestmark = pytest.mark.django_db
BEGIN = (NOW + timedelta(days=2)).replace(hour=1, minute=0)
DAY_BEFORE = BEGIN - timedelta(hours=24)
WINDOW = Period(starts_at=BEGIN, ends_at=BEGIN + timedelta(hours=4))


@pytest.fixture
def service():
    return make.service()


def _reader(name, service):
    account = make.account(name)
    make.follows(account, service)
    make.reads(account)


def _work(service, **says):
    says = {"windows": (WINDOW,), "remind_hours": (24, 2), **says}
    return make.work(service, **says).publish(by=None, at=NOW)


def _written(renderer=mailings.REPORT):
    mailing = Mailing.objects.filter(renderer=renderer).latest("pk")
    audience.write_letters(mailing_id=mailing.pk)
    return mailing


def _as_sent(letter):
    draft = renderers.render(letter.mailing.renderer, letter.mailing.reference, "ja", "full")
    return renderers.SLOT.sub(lambda found: letter.personal[found[1]], f"{draft.subject}\n{draft.text}")


def test_it_comes_again_in_the_thread_of_the_first_mail(service):
    _reader("hanako", service)
    _work(service)
    _written()
    _reader("newcomer", service)
    assert remind_due(at=DAY_BEFORE - timedelta(seconds=1)) == 0
    assert remind_due(at=DAY_BEFORE) == 1
    mailing = _written(mailings.REMINDER)
    assert mailing.expires_at == BEGIN
    hanako, newcomer = mailing.letters.order_by("address")
    assert (hanako.address, newcomer.address) == ("hanako@example.jp", "newcomer@example.jp")
    assert hanako.personal["thread"].startswith("<W-2026-000001.1.")
    assert newcomer.personal["thread"] == ""
    first = renderers.render(mailings.REPORT, str(Report.objects.published().get().pk), "ja", "full")
    again = renderers.render(mailing.renderer, mailing.reference, "ja", "full")
    assert again.subject == first.subject
    assert again.text.startswith("再掲：お知らせ済みの工事です\n")
    assert again.html is not None
    assert "再掲：" in again.html
    assert renderers.render(mailing.renderer, mailing.reference, "en", "short").text.startswith("Reminder")
    headers = dict(again.headers)
    assert headers["Message-ID"] != dict(first.headers)["Message-ID"]
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_later_report_follows_the_reminder_of_who_came_in_between(service):
    first = _work(service)
    _written()
    _reader("newcomer", service)
    remind_due(at=DAY_BEFORE)
    _written(mailings.REMINDER)
    second = replace(write.content_of_report(first), body_ja="続報")
    write.add_report(first.notice, content=second, by=None).publish(by=None, at=DAY_BEFORE + timedelta(hours=1))
    letter = _written().letters.get()
    assert letter.personal["thread"].startswith("<W-2026-000001.r20261123t1600z-24.")


def test_each_once(service):
    _work(service)
    assert [remind_due(at=DAY_BEFORE + timedelta(minutes=n)) for n in range(3)] == [1, 0, 0]
    two_before = BEGIN - timedelta(hours=2)
    assert [remind_due(at=two_before + timedelta(minutes=n)) for n in range(3)] == [1, 0, 0]
    assert remind_due(at=BEGIN) == 0


@pytest.mark.parametrize("end", ["cancelled", "moved", "withdrawn", "begun"])
def test_what_was_not_sent_yet_is_taken_back(service, end):
    _reader("hanako", service)
    first = _work(service)
    remind_due(at=DAY_BEFORE)
    mailing = _written(mailings.REMINDER)
    later, says = DAY_BEFORE + timedelta(minutes=5), write.content_of_report(first)
    week = timedelta(days=7)
    match end:
        case "withdrawn":
            withdraw(first.notice, reason_ja="誤り", notify=False, by=None)
        case "moved":
            moved = Period(starts_at=BEGIN + week, ends_at=WINDOW.ends_at + week)
            write.add_report(first.notice, content=replace(says, windows=(moved,)), by=None).publish(by=None, at=later)
        case _:
            state = "cancelled" if end == "cancelled" else "in_progress"
            write.add_report(first.notice, content=replace(says, state_after=state), by=None).publish(by=None, at=later)
    letter = mailing.letters.get()
    assert (letter.state, letter.reason) == ("skipped", "withdrawn" if end == "withdrawn" else "cancelled")
    assert remind_due(at=BEGIN - timedelta(hours=2)) == 0
    # A new begin has reminders of its own.
    assert remind_due(at=BEGIN + week - timedelta(hours=24)) == (1 if end == "moved" else 0)


def test_tentative_work_is_not_reminded_of(service):
    _work(service, state_after="tentative")
    assert remind_due(at=DAY_BEFORE) == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_remind_once(service):
    _work(service)

    def work(_):
        try:
            return remind_due(at=DAY_BEFORE)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=3) as pool:
        assert sum(pool.map(work, range(3))) == 1
    assert Mailing.objects.filter(renderer=mailings.REMINDER).count() == 1


def test_staff_are_told_of_a_promised_report_once_before_and_once_after(service):
    due = NOW + timedelta(hours=1)
    make.trouble(service).publish(by=None, at=NOW)
    assert tell_overdue(at=due - timedelta(minutes=11)) == 0
    assert [tell_overdue(at=due - timedelta(minutes=n)) for n in (10, 9, 1)] == [1, 0, 0]
    assert [tell_overdue(at=due + timedelta(minutes=n)) for n in (0, 1, 300)] == [1, 0, 0]
    soon, late = Letter.objects.filter(recipient_key="alarm").select_related("mailing").order_by("pk")
    said = [_as_sent(soon), _as_sent(late)]
    assert said[0].startswith("次の報の時刻が近づいています：通信しづらい状況\n")
    assert said[1].startswith("次の報が遅れています：通信しづらい状況\n")
    assert "T-2026-000001" in said[1]
    assert "次の報の予定：2026年11月22日（日）15:05 JST" in said[1]


def test_nobody_is_told_once_the_trouble_is_over(service):
    first = make.trouble(service).publish(by=None, at=NOW)
    over = replace(write.content_of_report(first), state_after="recovered", ended_at=NOW)
    write.add_report(first.notice, content=over, by=None).publish(by=None, at=NOW + timedelta(minutes=20))
    assert tell_overdue(at=NOW + timedelta(hours=2)) == 0
