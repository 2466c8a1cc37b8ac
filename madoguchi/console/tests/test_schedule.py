"""Publication at a moment, over HTTP: counted for it, what was read is what goes out, and it can be called off."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console.models import AuditEntry
from madoguchi.console.tests.test_publish import seen
from madoguchi.notices import schedule
from madoguchi.notices.models import Report
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db

TONIGHT = "2026-11-22T22:30"
MOMENT = make.NOW.replace(hour=22, minute=30)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(make.NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def draft() -> Report:
    service = make.service()
    night, day = make.account("night"), make.account("day")
    for reader, hours in ((night, 1 << 22), (day, 1 << 14)):
        make.follows(reader, service)
        make.reads(reader, hours=hours)
    return make.work(service)


@pytest.fixture
def publisher(client: Client, clock: object) -> Client:
    people.sign_in(client, people.publisher())
    return client


def act(report: Report, name: str) -> str:
    return f"/en/console/notices/{report.notice_id}/reports/{report.pk}/{name}/"


def test_it_goes_out_at_its_moment_as_it_was_read(publisher: Client, draft: Report, clock) -> None:
    sent = {"publish_at": TONIGHT, "seen": seen(publisher, draft)}
    assert publisher.post(act(draft, "schedule"), sent)["Location"] == f"/en/console/notices/{draft.notice_id}/"
    draft.refresh_from_db()
    assert draft.publish_at == MOMENT
    assert AuditEntry.objects.get(act="notice.schedule").detail["report"] == draft.pk
    board = publisher.get("/en/console/notices/").content.decode()
    assert "Scheduled</h2>" in board
    assert "22 Nov 2026, 22:30 JST" in publisher.get(f"/en/console/notices/{draft.notice_id}/").content.decode()
    clock.move_to(MOMENT + timedelta(seconds=1))
    assert schedule.publish_due() == 1
    assert publisher.get(act(draft, "publish")).status_code == 302


def test_the_audience_is_that_of_the_moment(publisher: Client, draft: Report) -> None:
    now = publisher.get(act(draft, "publish")).context["outlook"]
    answer = publisher.post(act(draft, "schedule"), {"publish_at": TONIGHT, "count": "1"})
    assert answer.status_code == 200
    assert "If it is published on 22 Nov 2026, 22:30 JST:" in answer.content.decode()
    assert (now["queued"], answer.context["outlook"]["queued"]) == (1, 1)
    everybody = publisher.post(act(draft, "schedule"), {"publish_at": "2026-11-22T12:00", "count": "1"})
    assert everybody.context["outlook"]["queued"] == 0
    draft.refresh_from_db()
    assert draft.publish_at is None


def test_it_is_called_off_twice_without_harm(publisher: Client, draft: Report) -> None:
    publisher.post(act(draft, "schedule"), {"publish_at": TONIGHT, "seen": seen(publisher, draft)})
    assert "Cancel the schedule" in publisher.get(act(draft, "publish")).content.decode()
    for _ in range(2):
        assert publisher.post(act(draft, "unschedule")).status_code == 302
    draft.refresh_from_db()
    assert draft.publish_at is None
    assert AuditEntry.objects.filter(act="notice.unschedule").count() == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2026-11-22T14:00", "Choose a moment that is still to come."),
        ("", "Enter this."),
        ("tomorrow", "Enter a date and a time"),
        ("9999-12-31T23:59", "between 2000 and 2099"),
    ],
)
def test_a_moment_that_cannot_be_is_refused(publisher: Client, draft: Report, typed: str, words: str) -> None:
    answer = publisher.post(act(draft, "schedule"), {"publish_at": typed, "seen": seen(publisher, draft)})
    assert answer.status_code == 422
    assert 'id="id_publish_at_error"' in answer.content.decode()
    assert '<a href="#id_publish_at">' in answer.content.decode()
    assert words in answer.content.decode() or words == "Enter this."
    draft.refresh_from_db()
    assert draft.publish_at is None


def test_what_changed_meanwhile_or_is_incomplete_is_not_scheduled(publisher: Client, draft: Report) -> None:
    answer = publisher.post(act(draft, "schedule"), {"publish_at": TONIGHT, "seen": "0" * 64})
    assert answer.status_code == 422
    assert "was changed after you opened this page" in answer.content.decode()
    Report.objects.filter(pk=draft.pk).update(body_ja="〔時刻〕に始めます。")
    answer = publisher.post(act(draft, "schedule"), {"publish_at": TONIGHT, "seen": seen(publisher, draft)})
    assert answer.status_code == 422
    draft.refresh_from_db()
    assert draft.publish_at is None


def test_editors_do_not_schedule(client: Client, draft: Report) -> None:
    people.sign_in(client, people.staff(StaffRole.EDITOR))
    assert "/schedule/" not in client.get(act(draft, "publish")).content.decode()
    assert client.post(act(draft, "schedule"), {"publish_at": TONIGHT}).status_code == 403
