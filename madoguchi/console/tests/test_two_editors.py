"""Two people at one draft, and one person pressing twice: nothing typed is lost, and nothing is there twice."""

import re
from typing import Any

import pytest
import time_machine
from django.test import Client

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console.models import AuditEntry
from madoguchi.console.tests.test_write import TROUBLE, WORK
from madoguchi.notices.models import Notice, Report
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _five_past_two():  # what is typed here has happened by then, whatever the clock of the machine says
    with time_machine.travel(make.NOW):
        yield


@pytest.fixture
def mine(client: Client) -> Client:
    make.service("hikari")
    people.sign_in(client, people.staff(StaffRole.EDITOR, family_name_kana="ヘンシュウ", given_name_kana="ミドリ"))
    return client


@pytest.fixture
def theirs() -> Client:
    client = Client()
    people.sign_in(client, people.publisher(family_name_kana="コウカイ", given_name_kana="アオイ"))
    return client


def hidden(client: Client, address: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', client.get(address).content.decode())
    return found[1] if found else ""


def draft_report(notice: Notice) -> Report:
    report = Notice.objects.get(pk=notice.pk).draft_report
    assert report is not None
    return report


def test_a_reloaded_form_starts_one_notice(mine: Client) -> None:
    address = "/en/console/notices/new/?kind=trouble"
    typed = {**TROUBLE, "form_key": hidden(mine, address, "form_key"), "revision": "0", "check": "1"}
    first, second = mine.post(address, typed), mine.post(address, typed)
    assert first["Location"] == second["Location"]
    assert Notice.objects.count() == AuditEntry.objects.count() == 1


def test_back_in_the_browser_and_on_with_other_words_changes_the_same_draft(mine: Client) -> None:
    address = "/en/console/notices/new/?kind=trouble"
    typed = {**TROUBLE, "form_key": hidden(mine, address, "form_key"), "revision": "0", "keep": "1"}
    mine.post(address, typed)
    mine.post(address, {**typed, "body_en": "Other words."})
    assert draft_report(Notice.objects.get()).body_en == "Other words."


def test_who_saves_second_sees_both_versions(mine: Client, theirs: Client) -> None:
    mine.post("/console/notices/new/?kind=work", {**WORK, "keep": "1"})
    notice = Notice.objects.get()
    address = f"/en/console/notices/{notice.pk}/edit/"
    revision = hidden(mine, address, "revision")
    theirs.post(address, {**WORK, "revision": revision, "body_ja": "先に保存した文です。", "keep": "1"})
    typed = {**WORK, "revision": revision, "body_ja": "後から保存した文です。", "impact": "none", "keep": "1"}
    answer = mine.post(address, typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "コウカイ アオイ (publisher@aoba.example) saved this draft on" in text
    for words in (
        "先に保存した文です。",
        "後から保存した文です。",
        "Lower quality or short interruptions",
        "No impact",
    ):
        assert words in text
    assert draft_report(notice).body_ja == "先に保存した文です。"

    again = re.search(r'name="revision" value="(\d+)"', text)
    assert again is not None
    assert mine.post(address, {**typed, "revision": again[1]}).status_code == 302
    assert draft_report(notice).body_ja == "後から保存した文です。"


def test_saving_what_stands_already_changes_nothing(mine: Client) -> None:
    mine.post("/console/notices/new/?kind=work", {**WORK, "keep": "1"})
    notice = Notice.objects.get()
    address = f"/console/notices/{notice.pk}/edit/"
    before = draft_report(notice)
    shown = mine.get(address).context["form"]
    typed: dict[str, Any] = {name: "" if (value := shown[name].value()) is None else value for name in shown.fields}
    same = {**typed, **WORK, "notify_start": "on", "notify_end": "on", "revision": "999", "keep": "1"}
    mine.post(address, {**same, "revision": str(before.revision), "notify_start": "", "notify_end": ""})
    stands = draft_report(notice)
    assert mine.post(address, {**same, "notify_start": "", "notify_end": ""}).status_code == 302
    assert (draft_report(notice).revision, draft_report(notice).written_at) == (stands.revision, stands.written_at)


def test_a_further_report_that_somebody_began_meanwhile_is_met(mine: Client, theirs: Client) -> None:
    published = make.trouble(make.service("other")).publish(by=None)
    address = f"/en/console/notices/{published.notice_id}/reports/quick/"
    typed = {"state_after": "identified", "body_ja": "原因が分かりました。", "notify": "on", "keep": "1"}
    assert theirs.post(address, typed).status_code == 302
    # The same press again, of the same person, changes nothing.
    assert theirs.post(address, typed).status_code == 302
    answer = mine.post(address, {**typed, "body_ja": "別の文です。"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "原因が分かりました。" in text
    assert "別の文です。" in text
    assert draft_report(published.notice).body_ja == "原因が分かりました。"
    assert mine.get(address)["Location"].endswith(f"/reports/{draft_report(published.notice).pk}/")
