"""``/faq/``, ``/faq/<id>/`` with "did this help?", and ``/guides/``."""

import pytest
from django.test import Client

from madoguchi.catalog.edit import GuideContent, QuestionContent, save_guide, save_question
from madoguchi.catalog.models import AnswerTally, Question

PHONE = {"HTTP_USER_AGENT": "a phone"}


def ask(question_ja="パスワードを忘れました。", **more) -> Question:
    words = {"question_en": "I forgot my password.", "answer_ja": "**再設定**してください。", "answer_en": "Reset it."}
    content = QuestionContent(question_ja=question_ja, **{**words, "published": True, **more})
    return save_question(None, content=content, by=None)


def guide(slug="start", body_ja="## 一\n## 二\n## 三\n", **more):
    words = {"title_ja": "はじめかた", "title_en": "Starting", "summary_ja": "要約です。", "summary_en": "In short."}
    content = GuideContent(slug=slug, body_ja=body_ja, **{**words, "published": True, **more})
    return save_guide(None, content=content, by=None)


def page(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


def press(client, question, answer="yes", **headers):
    return client.post(f"/faq/{question.pk}/helpful/", {"helped": answer}, **{**PHONE, **headers})


def tally() -> tuple[int, int]:
    rows = AnswerTally.objects.values_list("helped", "not_helped")
    return sum(row[0] for row in rows), sum(row[1] for row in rows)


def test_empty(client):
    assert "ご質問はまだありません" in page(client, "/faq/")
    assert "ガイドはまだありません" in page(client, "/guides/")


def test_general_ones_categories_and_guides(client, hikari):
    ask()
    ask("光が遅いです。", services=("hikari-internet",))
    guide()
    html = page(client, "/faq/")
    assert "パスワードを忘れました。" in html
    assert "光が遅いです。" not in html
    assert 'href="/faq/?category=internet"' in html
    assert "(1)" in html
    assert 'href="/guides/start/"' in html
    assert "I forgot my password." in page(client, "/en/faq/")


def test_by_words_service_and_category(client, hikari, vpn):
    ask()
    ask("光が遅いです。", services=("hikari-internet",))
    ask("固定IPが欲しいです。", category="internet")
    assert "光が遅いです。" in page(client, "/faq/?q=光　遅い")
    assert "光が遅いです。" in page(client, "/faq/?service=hikari-internet")
    by_category = page(client, "/faq/?category=internet")
    assert "光が遅いです。" in by_category
    assert "固定IPが欲しいです。" in by_category
    assert "該当するご質問はありません" in page(client, "/faq/?q=犬")
    assert "No question matches" in page(client, "/en/faq/?q=dog")


@pytest.mark.parametrize("query", ["service=nowhere", "category=nowhere", f"q={'a' * 200}", "q=%00"])
def test_what_nobody_offers_is_said(client, hikari, query):
    ask()
    assert "入力内容を" in page(client, f"/faq/?{query}", 422)


def test_an_answer(client, hikari):
    question = ask(services=("hikari-internet",))
    other = ask("ほかの質問", services=("hikari-internet",))
    html = page(client, f"/faq/{question.pk}/")
    assert "<strong>再設定</strong>" in html
    assert 'href="/services/hikari-internet/"' in html
    assert f'href="/faq/{other.pk}/"' in html
    assert "Reset it." in page(client, f"/en/faq/{question.pk}/")


def test_an_answer_in_japanese_alone_says_so_in_english(client):
    question = ask(question_en="", answer_en="")
    assert '<div class="prose" lang="ja">' in page(client, f"/en/faq/{question.pk}/")


@pytest.mark.parametrize("number", ["0", "9" * 30, "abc"])
def test_an_unknown_question_is_not_found(client, db, number):
    assert client.get(f"/faq/{number}/").status_code == 404


def test_what_is_not_published_is_nowhere(client):
    question, draft = ask(published=False), guide(published=False)
    assert client.get(f"/faq/{question.pk}/").status_code == 404
    assert press(client, question).status_code == 404
    assert client.get(f"/guides/{draft.slug}/").status_code == 404
    assert "該当するご質問はありません" in page(client, "/faq/?q=パスワード")


def test_a_press_counts_and_is_thanked():
    # A browser that would ask for a CSRF token, and none is there: the page knows no visitor.
    client = Client(enforce_csrf_checks=True)
    question = ask()
    answer = press(client, question)
    assert (answer.status_code, answer["Location"]) == (303, f"/faq/{question.pk}/thanks/yes/")
    assert not client.cookies
    assert tally() == (1, 0)
    assert "ご回答ありがとうございました" in page(client, answer["Location"])


def test_no_leads_to_the_inquiry_form(client, hikari):
    question = ask(services=("hikari-internet",))
    answer = press(client, question, "no")
    assert tally() == (0, 1)
    html = page(client, answer["Location"])
    assert "お役に立てず申し訳ありません" in html


def test_a_visitor_counts_once_a_question(client):
    question, other = ask(), ask("別の質問")
    for answer in ("yes", "yes", "no"):
        assert press(client, question, answer).status_code == 303
    assert tally() == (1, 0)
    press(client, question, HTTP_USER_AGENT="another browser of the house")
    press(client, question, REMOTE_ADDR="203.0.113.9")
    press(client, other)
    assert tally() == (4, 0)


def test_a_network_cannot_count_without_end(client):
    question = ask()
    for number in range(60):
        press(client, question, HTTP_USER_AGENT=f"made up {number}")
    assert tally() == (50, 0)


def test_a_press_of_another_site_is_refused(client):
    question = ask()
    assert press(client, question, HTTP_SEC_FETCH_SITE="cross-site").status_code == 403
    assert press(client, question, HTTP_SEC_FETCH_SITE="same-origin").status_code == 303
    assert tally() == (1, 0)


def test_a_press_that_says_nothing_counts_nothing(client):
    question = ask()
    assert press(client, question, "maybe")["Location"] == f"/faq/{question.pk}/"
    assert client.get(f"/faq/{question.pk}/helpful/").status_code == 405
    assert client.get(f"/faq/{question.pk}/thanks/maybe/").status_code == 404
    assert tally() == (0, 0)


def test_a_long_guide_has_its_contents(client, hikari):
    guide(services=("hikari-internet",))
    guide("short", "## 一\n本文")
    html = page(client, "/guides/start/")
    assert 'href="#s-二"' in html
    assert '<h2 id="s-二">' in html
    assert 'href="/services/hikari-internet/"' in html
    assert 'href="#s-' not in page(client, "/guides/short/")
    # Not written in English: Japanese, and said to be.
    assert '<div class="prose" lang="ja">' in page(client, "/en/guides/start/")
    assert "In short." in page(client, "/en/guides/")


def test_a_service_leads_to_its_questions_and_guides(client, hikari, vpn):
    question = ask(services=("hikari-internet",))
    guide(services=("hikari-internet",))
    html = page(client, "/services/hikari-internet/")
    assert f'href="/faq/{question.pk}/"' in html
    assert 'href="/guides/start/"' in html
    assert 'href="/faq/?service=hikari-internet"' in html
    assert "よくあるご質問・使い方ガイド" not in page(client, "/services/ip-vpn/")


def test_pages_are_for_everybody(client, hikari):
    question = ask()
    guide()
    for path in ("/faq/", f"/faq/{question.pk}/", f"/faq/{question.pk}/thanks/no/", "/guides/", "/guides/start/"):
        response = client.get(path)
        assert "public" in response["Cache-Control"], path
        assert response["ETag"]
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
