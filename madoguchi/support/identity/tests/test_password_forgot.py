"""``/id/password/forgot/``: what is typed, and the mail that answers it."""

import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.accounts import forgotten
from madoguchi.accounts.models import PasswordReset, StaffRole
from madoguchi.accounts.tests.people import account, alice, charlie, staff
from madoguchi.delivery.models import Letter
from madoguchi.lib.lanes import Lane
from madoguchi.support.identity.tests.forgetting import ALICE, ask, ask_for_link
from madoguchi.support.identity.tests.letters import letters

FORGOT, SENT = "/id/password/forgot/", "/id/password/forgot/sent/"
pytestmark = pytest.mark.django_db


def body(response):
    return response.content.decode()


def main(response):
    text = body(response).partition("<main")[2].partition("</main>")[0]
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("", ["パスワードをお忘れ", "生年月日", "カタカナ"]),
        ("/en", ["Forgotten your password?", "Date of birth", "katakana"]),
    ],
)
def test_the_form_asks_what_is_registered(client, prefix, words):
    page = client.get(prefix + FORGOT)
    assert page.status_code == 200
    assert all(word in body(page) for word in words)
    assert "no-store" in page["Cache-Control"]
    assert prefix + FORGOT in body(client.get(f"{prefix}/id/login/"))


def test_the_link_comes_by_mail_in_the_language_of_the_id(client):
    alice(language="en")
    path = ask_for_link(client)
    (mail,) = letters("alice@example.jp")
    assert mail.subject == "Set a new password"
    assert "within 30 minutes" in mail.text
    assert "If it was not you" in mail.text
    assert path.startswith("/en/id/password/reset/")
    assert path in mail.html
    assert Letter.objects.get().mailing.lane == Lane.CODES


def test_names_are_read_as_at_registration(client):
    alice()
    assert ask_for_link(client, family_name_kana="あおき", given_name_kana="ｱﾘｽ", email="ＡＬＩＣＥ@example.jp")


def test_trap_a_known_and_an_unknown_address_get_the_same_answer_for_the_same_work(monkeypatch):
    alice()
    seen = {}
    for email, name in (
        ("alice@example.jp", "アオキ"),
        ("alice@example.jp", "バンドウ"),
        ("abcde@example.jp", "アオキ"),
    ):
        client = Client()
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(FORGOT, {**ALICE, "email": email, "family_name_kana": name})
        sent = client.get(SENT)
        seen[email, name] = (
            (answer.status_code, answer["Location"]),
            (sent.status_code, main(sent).replace(email, "")),
            [re.sub(r"\d+|'[^']*'", "", query["sql"]) for query in queries],
        )
    first, *others = seen.values()
    assert all(other == first for other in others)
    # One row and one job each, and nobody looked whether there is an ID.
    assert PasswordReset.objects.count() == ProcrastinateJob.objects.filter(task_name=forgotten.JOB).count() == 3
    assert not any("accounts_account" in sql for sql in first[2])
    assert not Letter.objects.exists()


def test_an_unknown_address_gets_no_mail(client):
    ask(client, email="nobody@example.jp")
    assert not Letter.objects.exists()
    assert PasswordReset.objects.get().end == "answered"


@pytest.mark.parametrize(
    "changed", [{"family_name_kana": "バンドウ"}, {"given_name_kana": "ハナコ"}, {"birth_date_day": "3"}]
)
def test_what_differs_is_told_to_the_registered_address_without_a_link(client, changed):
    alice()
    ask(client, **changed)
    (mail,) = letters("alice@example.jp")
    assert "再設定できませんでした" in mail.subject
    assert "/id/password/reset/" not in mail.text + mail.html
    assert FORGOT in mail.text
    assert "アオキ" not in mail.text
    assert PasswordReset.objects.get().token_digest == ""


def test_an_id_without_a_password_of_its_own_is_told_how_it_logs_in(client):
    account("alice@example.jp", password=False, family_name_kana="アオキ", given_name_kana="アリス")
    ask(client)
    (mail,) = letters("alice@example.jp")
    assert "メールボックス" in mail.text
    assert "/id/login/" in mail.text
    assert "/id/password/reset/" not in mail.text


def test_staff_are_sent_to_an_administrator(client):
    staff(StaffRole.EDITOR, family_name_kana="アオキ", given_name_kana="アリス")
    ask(client, email="editor@aoba.example")
    (mail,) = letters("editor@aoba.example")
    assert "管理者" in mail.text
    assert "/id/password/reset/" not in mail.text


def test_a_closed_id_gets_no_mail(client):
    alice(is_active=False)
    ask(client)
    assert not Letter.objects.exists()


def test_strict_asks_for_the_address_alone(client, settings):
    settings.SECURITY_PROFILE = "strict"
    alice()
    page = body(client.get(FORGOT))
    assert "birth_date" not in page
    assert "family_name" not in page
    assert client.post(FORGOT, {"email": "alice@example.jp"}).status_code == 302
    forgotten.answer(PasswordReset.objects.get().pk)
    assert letters("alice@example.jp")[0].link("/id/password/reset/")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_bad_input_is_said_beside_the_field_and_what_was_typed_stays(client, prefix):
    answer = client.post(
        prefix + FORGOT, {**ALICE, "email": "alice", "family_name_kana": "青木", "birth_date_month": "13"}
    )
    assert answer.status_code == 422
    assert 'value="alice"' in body(answer)
    assert body(answer).count("error-summary") >= 1
    assert not PasswordReset.objects.exists()


def test_five_an_hour_an_address_known_or_not():
    alice()
    with time_machine.travel("2026-11-22 10:00:00", tick=False) as clock:
        for email in ("alice@example.jp", "abcde@example.jp"):
            statuses = [Client().post(FORGOT, {**ALICE, "email": email}).status_code for _try in range(6)]
            assert statuses == [302] * 5 + [429]
        clock.shift(12 * 60)
        assert Client().post(FORGOT, ALICE).status_code == 302


def test_asking_locks_nobody_out(client):
    alice()
    for _try in range(6):
        Client().post(FORGOT, ALICE)
    assert client.post("/id/login/", {"email": "alice@example.jp", "password": "aoi-madoguchi-1"}).status_code == 302


def test_what_was_typed_is_nowhere_in_clear_and_gone_once_answered(client):
    alice()
    client.post(FORGOT, ALICE)
    waiting = PasswordReset.objects.get()
    assert b"alice" not in bytes(waiting.asked or b"")
    assert "alice" not in str(ProcrastinateJob.objects.values())
    forgotten.answer(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.asked is None
    token = letters("alice@example.jp")[0].link("/id/password/reset/").split("/")[-2]
    assert token not in str(PasswordReset.objects.values())
    assert token.encode() not in bytes(Letter.objects.get().sealed or b"")


def test_a_job_run_twice_sends_one_mail(client):
    alice()
    client.post(FORGOT, ALICE)
    for _time in range(2):
        forgotten.answer(PasswordReset.objects.get().pk)
    forgotten.answer(4711)
    assert len(letters("alice@example.jp")) == 1


def test_workers_out_of_order_leave_the_newest_link(client):
    alice()
    for _time in range(2):
        client.post(FORGOT, ALICE)
    older, newer = PasswordReset.objects.order_by("pk")
    forgotten.answer(newer.pk)
    forgotten.answer(older.pk)
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.end, newer.end) == ("answered", "")
    assert len(letters("alice@example.jp")) == 1


def test_one_persons_request_is_nothing_to_another(client):
    alice()
    charlie()
    ask_for_link(client)
    assert not letters("charlie@example.com")


def test_the_page_after_it_needs_the_form_first(client):
    assert client.get(SENT)["Location"] == FORGOT
