"""Calendars of work: the worked table of docs/notices.md, and what programs that read them insist on."""

from datetime import timedelta

import pytest
from django.utils.translation import override
from icalendar import Calendar

from madoguchi.notices import calendar, write
from madoguchi.notices.content import Period
from madoguchi.notices.models import Notice
from madoguchi.notices.tests import make
from madoguchi.notices.tests.documented import table
from madoguchi.notices.tests.make import NOW

pytestmark = pytest.mark.django_db
NIGHT = Period(starts_at=NOW + timedelta(hours=11), ends_at=NOW + timedelta(hours=15))
NEXT = Period(starts_at=NOW + timedelta(hours=35), ends_at=NOW + timedelta(hours=39))
SPARE = Period(starts_at=NOW + timedelta(hours=59), ends_at=NOW + timedelta(hours=63), spare=True)


def publish(report) -> Notice:
    return Notice.objects.get(pk=report.publish(by=None, at=NOW).notice_id)


def further(notice: Notice, **says) -> Notice:
    content = write.further_content(notice)
    for name, value in {"body_ja": "続報です。", "notify": False, **says}.items():
        object.__setattr__(content, name, value)
    return publish(write.add_report(notice, content=content, by=None))


def events(*notices: Notice) -> list:
    made = calendar.calendar(notices, name="工事", url="https://example.jp/")
    return list(Calendar.from_ical(made).events)


@pytest.mark.parametrize(("state", "window", "maintnote", "rfc"), table("## Feeds and calendars")[1])
def test_states_as_documented(state, window, maintnote, rfc):
    windows = {"main": (NIGHT,), "spare": (NEXT, SPARE), "taken back": (NIGHT, NEXT)}[window]
    begun = "tentative" if state == "tentative" else "confirmed"
    notice = publish(make.work(make.service(), state_after=begun, windows=windows, notify=False))
    if window == "taken back":
        notice = further(notice, windows=(NIGHT,))
    elif state != begun:
        notice = further(notice, state_after=state)
    last = events(notice)[-1]
    assert (last["x-maintnote-status"], last["status"]) == (maintnote, rfc)


def test_an_event_has_what_maintnote_asks_for():
    services = make.service("hikari"), make.service("phone")
    notice = publish(make.work(*services, windows=(NIGHT,), notify=False))
    (event,) = events(notice)
    assert event["uid"] == f"{notice.number}-1@aoba.example"
    assert event["sequence"] == 0
    assert event.decoded("dtstamp") == NOW
    assert event.decoded("dtstart") == NIGHT.starts_at
    assert event.decoded("dtend") == NIGHT.ends_at
    assert event.decoded("dtstart").utcoffset() == timedelta()
    assert event["x-maintnote-provider"] == "aoba.example"
    assert event["x-maintnote-account"] == "public"
    assert event["x-maintnote-maintenance-id"] == notice.number
    assert sorted(event["x-maintnote-object-id"]) == ["hikari", "phone"]
    assert {one.params["x-maintnote-object-impact"] for one in event["x-maintnote-object-id"]} == {"DEGRADED"}
    assert event["x-maintnote-impact"] == "DEGRADED"
    assert event["transp"] == "TRANSPARENT"
    assert str(event["organizer"]).startswith("mailto:")
    assert notice.number in event["summary"]


def test_the_same_event_stays_the_same_with_a_higher_sequence_when_it_is_moved():
    notice = publish(make.work(make.service(), windows=(NIGHT,), notify=False))
    (before,) = events(notice)
    (after,) = events(further(notice, windows=(NEXT,)))
    assert after["uid"] == before["uid"]
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert after.decoded("dtstart") == NEXT.starts_at
    assert after["x-maintnote-status"] == "CONFIRMED"


@pytest.mark.parametrize("impact", Notice.Impact)
def test_impacts_have_the_words_of_the_convention(impact):
    (event,) = events(publish(make.work(make.service(), impact=impact, windows=(NIGHT,), notify=False)))
    assert event["x-maintnote-impact"] in {"NO-IMPACT", "REDUCED-REDUNDANCY", "DEGRADED", "OUTAGE"}


def test_lines_are_folded_between_characters_and_end_as_they_must():
    notice = publish(make.work(make.service(), windows=(NIGHT,), body_ja="設備を更新します。" * 60, notify=False))
    made = calendar.calendar([notice], name="工事", url="https://example.jp/")
    lines = made.split(b"\r\n")
    assert b"\n" not in made.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in lines)
    for line in lines:
        line.decode()
    assert b"METHOD" not in made
    assert "設備を更新します。" * 60 in str(Calendar.from_ical(made).events[0]["description"])


def test_words_are_in_the_language_asked_for():
    notice = publish(make.work(make.service(), windows=(NIGHT,), notify=False))
    with override("en"):
        (event,) = events(notice)
    assert event["summary"] == f"[Work] {notice.number} Equipment renewal"
    assert "/en/notices/" in event["url"]


def test_withdrawn_work_is_cancelled():
    notice = publish(make.work(make.service(), windows=(NIGHT,), notify=False))
    notice.withdrawn_at = NOW
    assert [event["status"] for event in events(notice)] == ["CANCELLED"]
