"""Feeds and calendars as programs fetch them."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from icalendar import Calendar

from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW
from madoguchi.support.public.tests import posted

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def entries(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)  # noqa: S314 - our own
    return feed, feed.findall(f"{ATOM}entry")


def events(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(response.content).events)


def test_one_entry_a_report_newest_first_each_with_an_id_of_its_own(client, hikari):
    notice = posted.trouble(hikari)
    first = entries(client, "/notices.atom")[1][0].findtext(f"{ATOM}id")
    posted.further(notice, at=NOW + timedelta(minutes=30), state_after="recovered", ended_at=NOW)
    feed, found = entries(client, "/notices.atom")
    assert [entry.findtext(f"{ATOM}id") for entry in found][1] == first
    assert len({entry.findtext(f"{ATOM}id") for entry in found}) == 2
    assert feed.findtext(f"{ATOM}updated") == found[0].findtext(f"{ATOM}updated")
    assert "続報です。" in (found[0].findtext(f"{ATOM}summary") or "")
    assert notice.number in (found[0].findtext(f"{ATOM}title") or "")
    assert found[0].find(f"{ATOM}link").get("href").endswith(f"/notices/{notice.number}/")


def test_in_english(client, hikari):
    notice = posted.trouble(hikari)
    _feed, (entry,) = entries(client, "/en/notices.atom")
    assert entry.findtext(f"{ATOM}title") == f"[Trouble] {notice.number} Connections are failing – Report 1"


def test_words_of_staff_are_text_and_no_markup(client, hikari):
    posted.trouble(hikari, body_ja="<script>alert(1)</script> & 調査中")
    _feed, (entry,) = entries(client, "/notices.atom")
    summary = entry.findtext(f"{ATOM}summary") or ""
    assert "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; 調査中</p>" in summary


def test_a_service_has_feeds_of_its_own(client, hikari):
    other = make.service("other")
    mine, theirs = posted.work(hikari), posted.work(other)
    assert len(entries(client, "/notices.atom")[1]) == 2
    _feed, (entry,) = entries(client, f"/services/{hikari.slug}/notices.atom")
    assert mine.number in (entry.findtext(f"{ATOM}title") or "")
    (event,) = events(client, "/services/other/notices.ics")
    assert event["x-maintnote-maintenance-id"] == theirs.number
    assert len(events(client, "/notices.ics")) == 2


def test_an_empty_feed_is_a_feed_that_does_not_change(client, clock):
    _feed, found = entries(client, "/notices.atom")
    before = client.get("/notices.atom")["ETag"]
    clock.shift(timedelta(hours=1))
    assert found == []
    assert client.get("/notices.atom")["ETag"] == before
    assert events(client, "/notices.ics") == []


def test_work_long_over_leaves_the_calendar_and_keeps_its_own(client, hikari, clock):
    notice = posted.work(hikari)
    clock.shift(timedelta(days=92))
    assert events(client, "/notices.ics") == []
    assert len(events(client, f"/notices/{notice.number}.ics")) == 1


def test_trouble_has_no_calendar(client, hikari):
    notice = posted.trouble(hikari)
    assert events(client, "/notices.ics") == []
    assert client.get(f"/notices/{notice.number}.ics").status_code == 404
    assert client.get("/notices/W-2026-999999.ics").status_code == 404


def test_an_unknown_service_has_none(client):
    assert client.get("/services/nothing/notices.atom").status_code == 404
    assert client.get("/services/nothing/notices.ics").status_code == 404


def test_withdrawn_notices_leave_the_feed(client, hikari):
    notice = posted.trouble(hikari)
    notice.withdrawn_at = NOW
    notice.save(update_fields=["withdrawn_at"])
    assert entries(client, "/notices.atom")[1] == []


@pytest.mark.parametrize(
    ("page", "feeds"), [("/notices/", "/notices"), ("/services/hikari-internet/", "/services/hikari-internet/notices")]
)
def test_pages_say_where_their_feeds_are(client, hikari, page, feeds):
    text = client.get(page).content.decode()
    assert f'href="{feeds}.atom"' in text
    assert f'href="{feeds}.ics"' in text
    assert 'type="application/atom+xml"' in text


def test_the_page_of_work_offers_its_calendar(client, hikari):
    work, trouble = posted.work(hikari), posted.trouble(hikari)
    assert f'href="/notices/{work.number}.ics"' in client.get(f"/notices/{work.number}/").content.decode()
    assert ".ics" not in client.get(f"/notices/{trouble.number}/").content.decode().split("<main")[1]
