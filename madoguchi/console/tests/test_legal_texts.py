"""``/console/texts/``: the next version of the terms, published by an administrator and asked of the customers."""

import pytest
import time_machine
from django.test import Client

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.catalog.models import LegalText, legal_text
from madoguchi.console.legal_texts import TextForm as LegalTextForm
from madoguchi.console.models import AuditEntry

pytestmark = pytest.mark.django_db
TEXTS, NEW = "/console/texts/", "/console/texts/new/"
SAID = {"kind": "terms", "version": "2026-12", "effective_at": "", "body_ja": "## 第1条\n新しい規約", "body_en": "New"}


@pytest.fixture
def administrator(client):
    LegalText.objects.create(
        kind="terms", version="2026-04", body_ja="いまの規約", body_en="Now", effective_at="2026-04-01T00:00:00Z"
    )
    people.sign_in(client, people.staff(StaffRole.ADMINISTRATOR))
    return client


def said(client, path=NEW, **changed):
    answer = client.post(path, {**SAID, **changed})
    return answer.status_code, answer.content.decode()


def test_writing_begins_from_the_version_in_force_and_is_shown_before_it_is_published(administrator):
    alice = people.alice()
    assert "いまの規約" in administrator.get(f"{NEW}?kind=terms").content.decode()
    status, page = said(administrator)
    assert status == 200
    assert "<h2>第1条</h2>" in page
    assert "すぐに" in page
    assert "1人のお客さま" in page
    assert LegalText.objects.count() == 1
    assert administrator.post(NEW, {**SAID, "publish": "1"})["Location"] == TEXTS
    text = LegalText.objects.get(version="2026-12")
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.object_key, entry.detail["version"]) == ("legal_text.publish", str(text.pk), "2026-12")
    # At once, though each process learns of it some seconds late.
    board = administrator.get(f"/en{TEXTS}").content.decode()
    assert board.count("<b>in force</b>") == 1
    assert board.index("2026-12") < board.index("<b>in force</b>") < board.index("2026-04")
    assert "新しい規約" in administrator.get(f"{NEW}?kind=terms").content.decode()
    legal_text._known.clear()
    customer = Client()
    people.sign_in(customer, alice)
    assert customer.get("/my/")["Location"].startswith("/id/terms/")
    assert "新しい規約" in customer.get("/id/terms/").content.decode()


@time_machine.travel("2026-11-22 10:00:00+09:00", tick=False)
def test_a_version_to_come_holds_from_its_time(administrator):
    _, page = said(administrator, path=f"/en{NEW}", effective_at="2026-12-01T00:00")
    assert "in force from 1 Dec 2026, 00:00 JST" in page
    administrator.post(NEW, {**SAID, "effective_at": "2026-12-01T00:00", "publish": "1"})
    legal_text._known.clear()
    assert LegalText.objects.version_in_force("terms") == "2026-04"
    board = administrator.get(TEXTS).content.decode()
    assert board.index("/terms/2026-12/") < board.index("/terms/2026-04/")
    assert "今後の版" in board


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"version": "2026-04"}, "すでに公開されており"),
        ({"version": "令和8年"}, "半角の"),
        ({"version": "2026/12"}, "半角の"),
        ({"version": ""}, "版の名前を"),
        ({"kind": "nonsense"}, "nonsense"),
        ({"body_ja": ""}, "日本語"),
        ({"effective_at": "2020-01-01T00:00"}, "これからの日時"),
        ({"effective_at": "😀"}, "2026-11-22 14:05"),
    ],
)
def test_what_cannot_be_published_is_said_beside_it_and_what_was_typed_stays(administrator, changed, words):
    status, page = said(administrator, publish="1", **changed)
    assert status == 422
    assert words in page
    assert "新しい規約" in page or "body_ja" in changed
    assert LegalText.objects.count() == 1


def test_of_two_who_publish_a_version_at_once_the_second_is_told(administrator, monkeypatch):
    # The other's is stored between this one's check and its own storing.
    monkeypatch.setattr(LegalTextForm, "clean", lambda form: form.cleaned_data)
    status, page = said(administrator, version="2026-04", publish="1")
    assert status == 422
    assert "この版はすでに公開されており" in page
    assert "新しい規約" in page
    assert not AuditEntry.objects.exists()
