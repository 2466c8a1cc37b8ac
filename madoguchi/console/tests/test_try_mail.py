"""A draft's mails, sent to oneself: marked, to nobody else, once a minute."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console.notices import try_mail
from madoguchi.delivery.models import Letter
from madoguchi.delivery.renderers import render
from madoguchi.notices.models import Report
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Report:
    service = make.service()
    reader = make.account("hanako")
    make.follows(reader, service)
    make.reads(reader)
    return make.trouble(service)


def test_every_version_goes_to_oneself_alone_once_a_minute(client: Client, draft: Report) -> None:
    editor = people.staff(StaffRole.EDITOR)
    address = f"/console/notices/{draft.notice_id}/reports/{draft.pk}/"
    with time_machine.travel(make.NOW, tick=False) as clock:
        people.sign_in(client, editor)
        first = client.post(f"{address}test/")
        assert "editor@aoba.example" in client.get(first["Location"]).content.decode()
        assert "1分後" in client.get(client.post(f"{address}test/")["Location"]).content.decode()
        assert Letter.objects.count() == 4
        clock.shift(timedelta(seconds=61))
        client.post(f"{address}test/")
    sent = set(Letter.objects.values_list("address", "language", "format"))
    assert sent == {(editor.email, language, form) for language, form in try_mail.VERSIONS}
    assert Letter.objects.count() == 8
    draft.refresh_from_db()
    assert draft.ordinal is None


def test_it_is_the_draft_as_it_stands_and_says_that_it_is_a_test(draft: Report) -> None:
    mail = render(try_mail.RENDERER, str(draft.pk), "ja", "full")
    assert mail.subject.startswith("【テスト】【故障】")
    assert "現在、原因を調査しています。" in mail.text
    assert mail.headers == ()
    assert render(try_mail.RENDERER, str(draft.pk), "en", "short").subject.startswith("[Test] [Trouble]")


def test_what_is_published_is_not_tried_any_more(client: Client, draft: Report) -> None:
    people.sign_in(client, people.publisher())
    draft.publish(by=None)
    before = Letter.objects.count()
    client.post(f"/console/notices/{draft.notice_id}/reports/{draft.pk}/test/")
    assert Letter.objects.count() == before


def test_of_work_the_full_mails_bring_the_calendar(client: Client) -> None:
    work = make.work(make.service())
    people.sign_in(client, people.publisher())
    page = f"/console/notices/{work.notice_id}/reports/{work.pk}/"
    shown = client.get(f"{page}publish/").content.decode()
    assert shown.count("BEGIN:VCALENDAR") == 2
    assert "X-MAINTNOTE-MAINTENANCE-ID:W-0000-000000" in shown
    client.post(f"{page}test/")
    letter = Letter.objects.get(language="ja", format="calendar")
    mail = render(try_mail.RENDERER, str(work.pk), letter.language, letter.format)
    assert mail.subject.startswith("【テスト】【工事】")
    assert "W-0000-000000.ics" in mail.text
    assert "W-0000-000000.ics" in (mail.html or "")
    assert mail.calendar
    assert mail.calendar.of(letter.personal).count(b"BEGIN:VEVENT") == 1
    work.refresh_from_db()
    assert work.ordinal is None
