"""Withdrawing, over HTTP: said before, confirmed by the number, once, and only by publishers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console.models import AuditEntry
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.notices import audience
from madoguchi.notices.models import Report
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(time_machine: Any) -> None:
    """A number has its year."""
    time_machine.move_to(datetime(2026, 11, 22, 3, tzinfo=UTC))


@pytest.fixture
def published() -> Report:
    service = make.service()
    for name in ("hanako", "jiro"):
        reader = make.account(name)
        make.follows(reader, service)
        make.reads(reader)
    report = make.trouble(service).publish(by=None)
    audience.write_letters(mailing_id=Mailing.objects.get().pk)
    Letter.objects.filter(address__startswith="hanako").update(state="sent")
    return report


@pytest.fixture
def publisher(client: Client) -> Client:
    people.sign_in(client, people.publisher())
    return client


def test_the_page_says_what_it_does_and_to_how_many(publisher: Client, published: Report) -> None:
    text = publisher.get(f"/en/console/notices/{published.notice_id}/withdraw/").content.decode()
    assert "<dt>Got mail, and will get the withdrawal</dt><dd>1</dd>" in text
    assert "<dt>Still waiting, and will not be sent</dt><dd>1</dd>" in text
    assert 'name="notify"' not in text


def test_it_is_withdrawn_once_with_its_reason_and_a_record(publisher: Client, published: Report) -> None:
    address = f"/en/console/notices/{published.notice_id}/withdraw/"
    typed = {"reason_ja": "誤って公開しました。", "number": f" {str(published.notice.number).lower()} "}
    for _ in range(2):
        assert publisher.post(address, typed)["Location"] == f"/en/console/notices/{published.notice_id}/"
    published.notice.refresh_from_db()
    assert published.notice.withdrawn_reason_ja == "誤って公開しました。"
    entry = AuditEntry.objects.get(act="notice.withdraw")
    assert (entry.reason, entry.detail) == ("誤って公開しました。", {"number": published.notice.number})
    text = publisher.get(f"/en/console/notices/{published.notice_id}/").content.decode()
    assert "This notice was withdrawn" in text
    assert "reports/quick/" not in text
    for page in ("new", "quick"):
        assert publisher.get(f"/console/notices/{published.notice_id}/reports/{page}/").status_code == 302


@pytest.mark.parametrize("number", ["Ｔ－２０２６－０００００１", "tー2026ー000001", " T-2026-000001 "])
def test_the_number_as_a_japanese_keyboard_gives_it(publisher: Client, published: Report, number: str) -> None:
    assert published.notice.number == "T-2026-000001"
    address = f"/console/notices/{published.notice_id}/withdraw/"
    assert publisher.post(address, {"reason_ja": "誤って公開しました。", "number": number}).status_code == 302


@pytest.mark.parametrize(
    ("field", "typed"), [("number", ""), ("number", "T-2026-999999"), ("reason_ja", " "), ("reason_ja", "あ" * 1001)]
)
def test_without_reason_or_with_another_number_nothing_happens(
    publisher: Client, published: Report, field: str, typed: str
) -> None:
    address = f"/console/notices/{published.notice_id}/withdraw/"
    right = {"reason_ja": "誤って公開しました。", "reason_en": "A mistake.", "number": str(published.notice.number)}
    answer = publisher.post(address, {**right, field: typed})
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in answer.content.decode()
    assert "A mistake." in answer.content.decode()
    published.notice.refresh_from_db()
    assert published.notice.withdrawn_at is None


def test_editors_do_not_withdraw_and_are_not_offered_it(client: Client, published: Report) -> None:
    people.sign_in(client, people.staff(StaffRole.EDITOR))
    assert "withdraw/" not in client.get(f"/console/notices/{published.notice_id}/").content.decode()
    assert client.post(f"/console/notices/{published.notice_id}/withdraw/").status_code == 403


def test_a_draft_is_thrown_away_not_withdrawn(publisher: Client) -> None:
    draft = make.work(make.service())
    address = f"/console/notices/{draft.notice_id}/withdraw/"
    assert publisher.get(address)["Location"] == f"/console/notices/{draft.notice_id}/"
