"""``/console/faq/`` and ``/console/guides/``: writing, versions, and two writers at the same time."""

import re

import pytest
from django.test import Client

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.catalog.models import Guide, Question
from madoguchi.console.models import AuditEntry
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db
FAQ, GUIDES = "/console/faq/", "/console/guides/"
QUESTION = {
    "question_ja": "停電のとき、使えますか。",
    "question_en": "In a power cut?",
    "answer_ja": "**使えません**。",
    "answer_en": "No.",
    "order": "10",
    "published": "on",
    "seen": "0",
}
GUIDE = {
    "slug": "first-steps",
    "title_ja": "はじめかた",
    "summary_ja": "要約",
    "body_ja": "## 一\n本文",
    "order": "1",
    "seen": "0",
}


@pytest.fixture
def editor(client):
    people.sign_in(client, people.staff(StaffRole.EDITOR))
    return client


def write(client, path=f"{FAQ}new/", **said):
    return client.post(path, {**QUESTION, "save": "1", **said})


def page(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def test_a_question_is_previewed_saved_and_on_the_site(editor):
    make.service("hikari")
    preview = editor.post(f"{FAQ}new/", {**QUESTION, "services": ["hikari"]})
    assert "<strong>使えません</strong>" in preview.content.decode()
    assert not Question.objects.exists()
    response = write(editor, services=["hikari"])
    question = Question.objects.get()
    assert response["Location"] == f"{FAQ}{question.pk}/"
    assert "停電のとき、使えますか。" in page(Client(), f"/faq/{question.pk}/")
    by = question.versions.get().by
    assert by is not None
    assert by.staff_role == StaffRole.EDITOR
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.object_type, entry.detail) == ("question.add", "question", {"version": 1})
    assert "停電のとき、使えますか。" in page(editor, f"{FAQ}?q=停電")
    assert "停電のとき" not in page(editor, f"{FAQ}?q=犬")


def test_each_saving_is_a_version_to_begin_from_again(editor):
    write(editor)
    path = f"{FAQ}{Question.objects.get().pk}/"
    write(editor, path, seen="1", answer_ja="使えます。")
    html = page(editor, path)
    assert "使えます。" in html
    assert "?version=1" in html
    html = page(editor, f"{path}?version=1")
    assert "**使えません**。" in html
    assert re.search(r'name="seen" value="2"', html)
    for strange in ("9", "x", "9" * 30, "-1", "²"):
        assert "使えます。" in page(editor, f"{path}?version={strange}")


def test_the_second_writer_is_told_and_nothing_is_lost(editor):
    write(editor)
    question = Question.objects.get()
    path = f"{FAQ}{question.pk}/"
    write(editor, path, seen="1", answer_ja="先の答え")
    response = write(editor, path, seen="1", answer_ja="後の答え")
    assert response.status_code == 409
    html = response.content.decode()
    assert "ほかの担当者が別の版を保存しました" in html
    assert "後の答え" in html
    question.refresh_from_db()
    assert question.answer_ja == "先の答え"
    seen = re.search(r'name="seen" value="(\d+)"', html)
    assert seen
    write(editor, path, seen=seen[1], answer_ja="後の答え")
    question.refresh_from_db()
    assert question.answer_ja == "後の答え"
    assert question.versions.count() == 3


def test_each_version_says_what_it_changed(editor):
    write(editor, answer_ja="一行目\n二行目")
    path = f"{FAQ}{Question.objects.get().pk}/"
    write(editor, path, seen="1", answer_ja="一行目\n新しい二行目", published="")
    html = page(editor, path)
    assert re.findall("<summary>(.*?)</summary>", html)[-1:] == ["サイトに掲載する · 回答（日本語）"]
    assert "<li>一行目</li><li><del>二行目</del></li><li><ins>新しい二行目</ins></li>" in html
    assert "<li><del>はい</del></li><li><ins>いいえ</ins></li>" in html


def test_the_line_breaks_of_a_browser_are_no_change(editor):
    write(editor, answer_en="One.\nTwo.")
    path = f"{FAQ}{Question.objects.get().pk}/"
    write(editor, path, seen="1", answer_en="One.\r\nTwo.")
    assert Question.objects.get().versions.count() == 1
    write(editor, path, seen="1", answer_en="One.\r\nTwo.", answer_ja="使えます。\r\n予備の電源があるときです。")
    assert re.findall("<summary>(.*?)</summary>", page(editor, path))[-1:] == ["回答（日本語）"]


def test_older_versions_are_on_further_pages(editor):
    write(editor)
    question = Question.objects.get()
    for seen in range(1, 23):
        write(editor, f"{FAQ}{question.pk}/", seen=str(seen), answer_ja=f"答え{seen}")
    assert "第1版から書き直す" not in page(editor, f"{FAQ}{question.pk}/")
    assert "第1版から書き直す" in page(editor, f"{FAQ}{question.pk}/?page=2")


def test_taken_off_the_site(editor):
    write(editor)
    question = Question.objects.get()
    write(editor, f"{FAQ}{question.pk}/", seen="1", published="")
    assert Client().get(f"/faq/{question.pk}/").status_code == 404
    assert "非掲載" in page(editor, FAQ)


@pytest.mark.parametrize(
    "said",
    [
        {"question_ja": ""},
        {"answer_ja": " "},
        {"question_en": "a" * 201},
        {"order": "-1"},
        {"order": "x"},
        {"services": ["nowhere"]},
        {"category": "nowhere"},
        {"seen": "x"},
        {"answer_ja": "あ" * 20_001},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_kept(editor, said):
    response = write(editor, **said)
    assert response.status_code == 422
    assert "In a power cut?" in response.content.decode() or "question_en" in said
    assert not Question.objects.exists()


def test_a_guide(editor):
    assert "ガイドはまだありません" in page(editor, GUIDES)
    editor.post(f"{GUIDES}new/", {**GUIDE, "save": "1"})
    guide = Guide.objects.get()
    assert Client().get("/guides/first-steps/").status_code == 404  # not published yet
    path = f"{GUIDES}{guide.pk}/"
    preview = editor.post(path, {**GUIDE, "seen": "1"})
    assert "<h2>一</h2>" in preview.content.decode()
    editor.post(path, {**GUIDE, "seen": "1", "published": "on", "save": "1"})
    assert "はじめかた" in page(Client(), "/guides/first-steps/")
    assert "はじめかた" in page(editor, f"/en{GUIDES}")
    again = editor.post(f"{GUIDES}new/", {**GUIDE, "save": "1"})
    assert again.status_code == 422
    assert "この名前は別のガイドで使われています。" in again.content.decode()
    assert editor.post(f"{GUIDES}new/", {**GUIDE, "slug": "a b", "save": "1"}).status_code == 422
    assert list(AuditEntry.objects.order_by("pk").values_list("act", flat=True)) == ["guide.add", "guide.change"]


def test_both_languages_and_nothing_kept(editor):
    write(editor)
    question = Question.objects.get()
    for path in (FAQ, f"{FAQ}new/", f"{FAQ}{question.pk}/", GUIDES, f"{GUIDES}new/"):
        for prefix in ("", "/en"):
            response = editor.get(f"{prefix}{path}")
            assert response.status_code == 200, path
            assert "no-store" in response["Cache-Control"]
    assert editor.get(f"{FAQ}{'9' * 25}/").status_code == 404


@pytest.mark.parametrize("role", [StaffRole.VIEWER, StaffRole.SUPPORT, StaffRole.BILLING])
def test_other_roles_are_refused(client, role):
    people.sign_in(client, people.staff(role))
    for path in (FAQ, f"{FAQ}new/", GUIDES, f"{GUIDES}new/"):
        assert client.get(path).status_code == 403
        assert write(client, path).status_code == 403


def test_customers_are_refused(client):
    for person in (people.alice(), people.bob(), people.charlie()):
        people.sign_in(client, person)
        for path in (FAQ, f"{FAQ}new/", GUIDES, f"{GUIDES}new/"):
            assert client.get(path).status_code == 403
            assert write(client, path).status_code == 403
