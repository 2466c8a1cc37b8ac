"""A customer's webhooks on their page: made, changed, tried, stopped, deleted, and nobody else's."""

import re

import pytest
from django.test import Client

from madoguchi.accounts.tests import people
from madoguchi.notices import webhook_calls, webhooks
from madoguchi.notices.models import Webhook, WebhookCall

pytestmark = pytest.mark.django_db
GOOD = {"name": "構内監視", "url": "https://hooks.example.com/notices?key=sesame", "kinds": ["work", "trouble"]}


@pytest.fixture
def alice():
    return people.alice()


@pytest.fixture
def browser(alice):
    client = Client()
    people.sign_in(client, alice)
    return client


@pytest.fixture
def mine(browser, alice):
    assert browser.post("/my/webhooks/new/", GOOD).status_code == 302
    return alice.webhooks.get()


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_from_nothing_to_a_test(browser, alice):
    assert "Webhookはまだありません" in text(browser.get("/my/webhooks/"))
    made = browser.post("/my/webhooks/new/", GOOD, follow=True)
    assert "Webhookを追加しました" in text(made)
    assert "送信の記録はまだありません" in text(made)
    mine = alice.webhooks.get()
    assert webhooks.secret_of(mine) not in made.content.decode()
    tried = browser.post(f"/my/webhooks/{mine.pk}/act/", {"act": "try"}, follow=True)
    assert "テストを送信しました" in text(tried)
    assert "送信中" in text(tried)
    assert mine.calls.get().event == "test"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": " "}, "名前を入力してください。"),
        ({"url": ""}, "プログラムのURLを入力してください。"),
        ({"url": "hooks.example.com"}, "URL全体を半角で入力してください。"),
        ({"url": "http://hooks.example.com/"}, "https:// で始まるURLを入力してください。"),
        ({"url": "https://hooks.example.com:22/"}, "このポートには送信できません。"),
        ({"url": "https://alice:word@hooks.example.com/"}, "ユーザー名とパスワードを含めないでください。"),
        ({"url": "https://169.254.169.254/"}, "インターネットから接続できるURLを入力してください。"),
        ({"url": "https://intranet/"}, "インターネットから接続できるURLを入力してください。"),
        ({"kinds": []}, "工事、故障の少なくとも一方を選んでください。"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_kept(browser, alice, typed, said):
    answer = browser.post("/my/webhooks/new/", {**GOOD, **typed})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    for name, value in {**GOOD, **typed}.items():
        if name != "kinds" and value.strip():
            assert f'value="{value}"' in answer.content.decode()
    assert not alice.webhooks.exists()


def test_a_change_is_held_to_the_same(browser, mine):
    page = f"/my/webhooks/{mine.pk}/"
    assert browser.post(page, {**GOOD, "url": "https://10.0.0.1/"}).status_code == 422
    browser.post(page, {"name": "チャット", "url": "https://chat.example.com/", "kinds": ["trouble"]})
    mine.refresh_from_db()
    assert (mine.name, mine.work, mine.trouble) == ("チャット", False, True)
    assert webhooks.url_of(mine) == "https://chat.example.com/"


def test_a_name_is_taken_once(browser, mine):
    answer = browser.post("/my/webhooks/new/", GOOD)
    assert answer.status_code == 422
    assert "同じ名前のWebhookがあります。" in text(answer)


def test_the_secret_is_shown_when_asked_for_and_kept_nowhere(browser, mine):
    page = f"/my/webhooks/{mine.pk}/"
    secret = webhooks.secret_of(mine)
    assert secret not in browser.get(page).content.decode()
    shown = browser.post(f"{page}secret/")
    assert secret in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    browser.post(f"{page}act/", {"act": "renew"})
    mine.refresh_from_db()
    assert webhooks.secret_of(mine) != secret


def test_stopped_and_started(browser, mine):
    page = f"/my/webhooks/{mine.pk}/"
    assert "このWebhookは停止中です" in text(browser.post(f"{page}act/", {"act": "stop"}, follow=True))
    browser.post(f"{page}act/", {"act": "try"})
    assert not mine.calls.exists()
    assert "Webhookを再開しました" in text(browser.post(f"{page}act/", {"act": "start"}, follow=True))


def test_a_call_that_failed_is_sent_again(browser, mine):
    call = webhook_calls.test(mine)
    WebhookCall.objects.update(state="failed", status=503, milliseconds=40, tries=9, tried_at=call.created_at)
    page = f"/my/webhooks/{mine.pk}/"
    shown = text(browser.get(page))
    assert "応答 503（40ミリ秒）" in shown
    assert "もう一度送信する" in shown
    for nonsense in ("", "1", "00000000-0000-0000-0000-000000000000"):
        assert browser.post(f"{page}act/", {"act": "again", "call": nonsense}).status_code == 404
    browser.post(f"{page}act/", {"act": "again", "call": str(call.pk)})
    call.refresh_from_db()
    assert (call.state, call.tries) == ("waiting", 0)


def test_deleted_after_a_question(browser, mine):
    page = f"/my/webhooks/{mine.pk}/delete/"
    assert "このWebhookを削除しますか" in text(browser.get(page))
    assert Webhook.objects.exists()
    assert "Webhookを削除しました" in text(browser.post(page, follow=True))
    assert not Webhook.objects.exists()


def test_five_at_most(browser, alice):
    for number in range(webhooks.AT_MOST):
        browser.post("/my/webhooks/new/", {**GOOD, "name": str(number)})
    full = text(browser.post("/my/webhooks/new/", {**GOOD, "name": "one more"}, follow=True))
    assert "これ以上Webhookを登録できません" in full
    assert "Webhookを追加する" not in full
    assert alice.webhooks.count() == webhooks.AT_MOST


@pytest.mark.parametrize("stranger", [people.bob, people.charlie])
def test_nobody_else_finds_it(mine, stranger):
    call = webhook_calls.test(mine)
    client = Client()
    people.sign_in(client, stranger())
    page = f"/my/webhooks/{mine.pk}/"
    assert "構内監視" not in client.get("/my/webhooks/").content.decode()
    assert client.get(page).status_code == 404
    assert client.get(f"{page}delete/").status_code == 404
    for path, said in (
        (page, GOOD),
        (f"{page}secret/", {}),
        (f"{page}act/", {"act": "again", "call": str(call.pk)}),
        (f"{page}delete/", {}),
    ):
        assert client.post(path, said).status_code == 404
    assert alice_still_has(mine)


def alice_still_has(webhook: Webhook) -> bool:
    return Webhook.objects.filter(pk=webhook.pk, name="構内監視", stopped_at=None).exists()


def test_tests_are_limited(browser, mine):
    page = f"/my/webhooks/{mine.pk}/act/"
    answers = [browser.post(page, {"act": "try"}).status_code for _ in range(webhooks.TEST_CALL.tries + 1)]
    assert answers == [302] * webhooks.TEST_CALL.tries + [429]
