"""Approval by a second person, over HTTP, with an editor who writes and two publishers."""

from typing import Any

import pytest
import time_machine
from django.test import Client, override_settings

from madoguchi.accounts.models import Account, StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console.models import AuditEntry
from madoguchi.console.tests.test_publish import seen
from madoguchi.console.tests.test_write import WORK
from madoguchi.notices.models import Approval, Report
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _five_past_two():  # what is typed here has happened by then, whatever the clock of the machine says
    with time_machine.travel(make.NOW):
        yield


@pytest.fixture(autouse=True)
def asked_for() -> Any:
    with override_settings(NOTICE_APPROVAL=True):
        yield


@pytest.fixture
def editor() -> Account:
    return people.staff(StaffRole.EDITOR, family_name_kana="ヘンシュウ", given_name_kana="ミドリ")


@pytest.fixture
def draft(editor: Account) -> Report:
    return make.work(make.service(), by=editor)


def browser(person: Account) -> Client:
    client = Client()
    people.sign_in(client, person)
    return client


def act(report: Report, name: str) -> str:
    return f"/en/console/notices/{report.notice_id}/reports/{report.pk}/{name}/"


def approving(client: Client, report: Report) -> str:
    """What the page before publishing carries, read off its approval form."""
    return str(client.get(act(report, "publish")).context["seen"])


def test_an_editor_asks_a_publisher_approves_and_publishes(editor: Account, draft: Report) -> None:
    writes, decides = browser(editor), browser(people.publisher())
    text = writes.get(act(draft, "publish")).content.decode()
    assert "A second person has to approve this report first." in text
    assert "Ask for approval" in text
    for _ in range(2):
        assert writes.post(act(draft, "ask")).status_code == 302
    assert "Waiting for approval</h2>" in decides.get("/en/console/notices/").content.decode()
    assert "ヘンシュウ ミドリ" in decides.get(act(draft, "publish")).content.decode()
    decides.post(act(draft, "approve"), {"seen": approving(decides, draft), "remark": "よく分かります。"})
    text = decides.get(act(draft, "publish")).content.decode()
    assert "Exactly this text is approved." in text
    assert "よく分かります。" in text
    assert decides.post(act(draft, "publish"), {"seen": seen(decides, draft)}).status_code == 302
    draft.refresh_from_db()
    assert draft.ordinal == 1
    acts = [entry.act for entry in AuditEntry.objects.order_by("pk")]
    assert acts == ["report.ask", "report.approve", "notice.publish"]


def test_nobody_approves_their_own_words(draft: Report) -> None:
    publisher = people.publisher()
    draft.writers.add(publisher)
    client = browser(publisher)
    text = client.get(act(draft, "publish")).content.decode()
    assert "You wrote some of it, so somebody else has to approve it." in text
    assert "/approve/" not in text
    for name in ("approve", "return"):
        sent = {"seen": approving(client, draft), "remark": "よい"}
        answer = client.post(act(draft, name), sent)
        assert answer.status_code == 422
        assert "Nobody approves what they wrote" in answer.content.decode()
    assert not Approval.objects.exists()


def test_sent_back_with_a_remark_and_not_without(editor: Account, draft: Report) -> None:
    writes, decides = browser(editor), browser(people.publisher())
    writes.post(act(draft, "ask"))
    answer = decides.post(act(draft, "return"), {"remark": " "})
    assert answer.status_code == 422
    assert 'id="id_remark_error"' in answer.content.decode()
    assert '<a href="#id_remark">' in answer.content.decode()
    decides.post(act(draft, "return"), {"remark": "影響を書いてください。"})
    assert "影響を書いてください。" in writes.get(f"/en/console/notices/{draft.notice_id}/").content.decode()
    assert "Ask for approval" in writes.get(act(draft, "publish")).content.decode()


def test_a_text_that_changed_is_not_approved_unread(draft: Report) -> None:
    client = browser(people.publisher())
    read = approving(client, draft)
    Report.objects.filter(pk=draft.pk).update(body_ja="別の文です。")
    answer = client.post(act(draft, "approve"), {"seen": read})
    assert answer.status_code == 422
    assert "was changed after you opened this page" in answer.content.decode()
    assert not Approval.objects.exists()


def test_trouble_goes_first_and_is_signed_after_by_somebody_else(editor: Account) -> None:
    first, second = people.publisher(), people.account("second@aoba.example", staff_role=StaffRole.PUBLISHER)
    draft = make.trouble(make.service("other"), by=editor)
    publishes, signs = browser(first), browser(second)
    assert publishes.post(act(draft, "publish"), {"seen": seen(publishes, draft)}).status_code == 302
    assert "To be signed off</h2>" in signs.get("/en/console/notices/").content.decode()
    page = f"/en/console/notices/{draft.notice_id}/"
    assert "/sign/" not in publishes.get(page).content.decode()
    assert publishes.post(act(draft, "sign")).status_code == 403
    assert "/sign/" in signs.get(page).content.decode()
    for _ in range(2):
        assert signs.post(act(draft, "sign")).status_code == 302
    assert Approval.objects.get().by == second
    assert "Not signed off yet" not in signs.get(page).content.decode()


def test_editors_ask_and_do_not_decide(editor: Account, draft: Report) -> None:
    client = browser(editor)
    for name in ("approve", "return", "sign"):
        assert client.post(act(draft, name), {"remark": "よい"}).status_code == 403
    assert browser(people.staff(StaffRole.VIEWER)).post(act(draft, "ask")).status_code == 403


def test_a_complete_draft_goes_on_to_the_page_where_approval_is_asked_for(editor: Account) -> None:
    make.service("hikari")
    answer = browser(editor).post("/en/console/notices/new/?kind=work", {**WORK, "check": "1"})
    assert answer["Location"].endswith("/publish/")
