"""Withdrawing: the rules of ``docs/notices-life.md`` one by one."""

from datetime import timedelta

import pytest
import time_machine

from madoguchi.delivery import renderers
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.notices import audience, calendar, mailings, write
from madoguchi.notices.lifecycle import Withdrawn
from madoguchi.notices.models import Notice
from madoguchi.notices.publish import NotReady
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW
from madoguchi.notices.withdraw import NotPublished, withdraw

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=10)
WHY = {"reason_ja": "対象の誤りのため", "reason_en": "It named the wrong service."}


@pytest.fixture(autouse=True)
def later():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def reader():
    service = make.service()
    hanako = make.account("hanako")
    make.follows(hanako, service)
    make.reads(hanako)
    return service


def _mailed(report, *, sent: bool = True):
    """Publish with letters, as far as the engine would have brought them."""
    report = report.publish(by=None, at=NOW)
    mailing = Mailing.objects.get(renderer=mailings.REPORT, reference=str(report.pk))
    audience.write_letters(mailing_id=mailing.pk)
    if sent:
        mailing.letters.update(state=Letter.State.SENT, finished_at=NOW)
    return report


def _told() -> list[str]:
    mailing = Mailing.objects.get(renderer=mailings.WITHDRAWAL)
    audience.write_letters(mailing_id=mailing.pk)
    return list(mailing.letters.order_by("address").values_list("address", flat=True))


def test_whoever_got_mail_is_told_in_the_same_thread(reader):
    report = _mailed(make.trouble(reader))
    late = make.account("late")
    make.follows(late, reader)
    make.reads(late)
    withdraw(report.notice, **WHY, notify=True, by=None)
    assert _told() == ["hanako@example.jp"]
    letter = Letter.objects.get(mailing__renderer=mailings.WITHDRAWAL)
    assert letter.personal["thread"].startswith("<T-2026-000001.1.")
    draft = renderers.render(letter.mailing.renderer, letter.mailing.reference, "ja", "full")
    assert draft.subject == "【故障】T-2026-000001 通信しづらい状況"
    assert draft.text.startswith("取り下げ / 2026年11月22日（日）14:15 JST")
    assert "対象の誤りのため" in draft.text
    assert "現在、原因を調査しています。" not in draft.text
    english = renderers.render(letter.mailing.renderer, letter.mailing.reference, "en", "short")
    assert english.text.startswith("Withdrawn / ")
    assert "It named the wrong service." in english.text
    assert dict(draft.headers)["Message-ID"].startswith("<T-2026-000001.w.")


def test_they_are_told_even_if_nobody_asked_for_it(reader):
    report = _mailed(make.trouble(reader))
    withdraw(report.notice, **WHY, notify=False, by=None)
    assert _told() == ["hanako@example.jp"]


def test_a_notice_that_was_never_mailed_is_withdrawn_in_silence(reader):
    report = make.trouble(reader, notify=False).publish(by=None, at=NOW)
    withdraw(report.notice, **WHY, notify=False, by=None)
    assert not Mailing.objects.exists()


def test_what_was_not_sent_yet_is_not_sent(reader):
    report = _mailed(make.trouble(reader), sent=False)
    withdraw(report.notice, **WHY, notify=True, by=None)
    letter = Letter.objects.get(mailing__renderer=mailings.REPORT)
    assert (letter.state, letter.reason) == ("skipped", "withdrawn")
    assert _told() == []


def test_the_withdrawal_keeps_to_the_days_and_hours(reader):
    make.reads(make.account("jiro"), hours=1 << 9)
    report = _mailed(make.trouble(reader))
    reached = Letter.objects.get().recipient_key
    report.notice.services.get().subscriptions.get().account.destinations.update(hours=1 << 9)
    withdraw(report.notice, **WHY, notify=True, by=None)
    _told()
    letter = Letter.objects.get(mailing__renderer=mailings.WITHDRAWAL)
    assert (letter.recipient_key, letter.state, letter.reason) == (reached, "skipped", "outside_hours")


def test_nothing_of_it_is_published_any_more(reader):
    first = _mailed(make.trouble(reader))
    waiting = write.add_report(first.notice, content=write.content_of_report(first), by=None)
    withdraw(first.notice, **WHY, notify=True, by=None)
    with pytest.raises(NotReady, match="withdrawn"):
        waiting.publish(by=None, at=LATER)
    write.discard(waiting)
    notice = Notice.objects.get()
    assert notice.next_states() == ()
    with pytest.raises(Withdrawn):
        write.add_report(notice, content=write.content_of_report(first), by=None)
    with pytest.raises(Withdrawn):
        withdraw(notice, **WHY, notify=True, by=None)


def test_a_draft_is_thrown_away_and_not_withdrawn(reader):
    with pytest.raises(NotPublished):
        withdraw(make.trouble(reader).notice, **WHY, notify=True, by=None)


def test_the_reason_is_there_in_japanese(reader):
    report = _mailed(make.trouble(reader))
    with pytest.raises(NotReady, match="no_reason_ja"):
        withdraw(report.notice, reason_ja=" ", notify=True, by=None)
    assert Notice.objects.get().withdrawn_at is None


def test_calendars_are_told(reader):
    report = _mailed(make.work(reader))
    withdraw(report.notice, **WHY, notify=True, by=None)
    said = calendar.calendar([Notice.objects.get()], name="工事", url="https://aoba.example/").decode()
    assert "STATUS:CANCELLED" in said
    assert "SEQUENCE:1" in said
    assert "DTSTAMP:20261122T051500Z" in said
