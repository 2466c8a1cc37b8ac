"""A2 to A4, ``/id/register/`` and what follows until the mail."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import Account, Registration
from madoguchi.accounts.tests.people import alice, sign_in
from madoguchi.catalog.models import LegalText
from madoguchi.delivery.models import Letter
from madoguchi.lib.lanes import Lane
from madoguchi.support.identity.tests.entering import PASSWORD, enter, register
from madoguchi.support.identity.tests.letters import letters

REGISTER, CONFIRM, SENT = "/id/register/", "/id/register/confirm/", "/id/register/sent/"
pytestmark = pytest.mark.django_db


def body(response):
    return response.content.decode()


def main(response):
    """The page's own part, without what differs between any two requests."""
    text = body(response).partition("<main")[2].partition("</main>")[0]
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("", ["入力", "確認", "仮登録", "本登録", "6〜32文字", "英字を2文字以上", "利用規約に同意"]),
        ("/en", ["Enter", "Confirm", "Provisional", "Final", "6 to 32 characters", "agrees to the terms"]),
    ],
)
def test_the_form_says_its_steps_rules_and_terms(client, prefix, words):
    page = client.get(prefix + REGISTER)
    assert page.status_code == 200
    assert all(word in body(page) for word in words)
    for autocomplete in ("bday-year", "bday-month", "bday-day", "new-password", "family-name", "given-name"):
        assert f'autocomplete="{autocomplete}"' in body(page)
    assert "no-store" in page["Cache-Control"]


def test_the_live_list_runs_the_expressions_of_the_server(client, settings):
    from django.utils.html import escape

    from madoguchi.accounts.passwords import CLASSIC, STRICT

    assert all(f'data-pattern="{escape(rule.pattern)}"' in body(client.get(REGISTER)) for rule in CLASSIC.rules)
    settings.SECURITY_PROFILE = "strict"
    page = body(client.get(REGISTER))
    assert "15〜128文字" in page
    assert page.count("data-pattern") == len(STRICT.rules)


def test_nothing_is_registered_or_sent_before_it_is_confirmed(client):
    answer = enter(client)
    assert answer["Location"] == CONFIRM
    page = client.get(CONFIRM)
    for word in ("hana@example.jp", "ヤマダ ハナコ", "1958年4月2日", "●" * len(PASSWORD)):
        assert word in body(page)
    assert not Registration.objects.exists()
    assert not Letter.objects.exists()
    assert not Account.objects.exists()


def test_the_password_is_in_no_page_and_no_cookie_and_not_in_the_session(client):
    enter(client)
    for page in (client.get(CONFIRM), client.get(REGISTER), enter(client, birth_date_day="99")):
        assert PASSWORD not in body(page)
    assert all(PASSWORD not in cookie.value for cookie in client.cookies.values())
    kept = str(dict(client.session))
    assert PASSWORD not in kept
    assert "hana@example.jp" not in kept


def test_back_keeps_what_was_entered(client):
    enter(client, family_name_kana="さとう")
    page = body(client.get(REGISTER))
    for value in ("hana@example.jp", "サトウ", "ハナコ", "1958", "4", "2"):
        assert f'value="{value}"' in page
    assert "パスワードは表示されません" in page


def test_confirming_sends_one_mail_and_makes_no_account(client):
    terms = LegalText.objects.create(
        kind="terms", version="2026-04", body_ja="規約", body_en="Terms", effective_at="2026-04-01T00:00:00+09:00"
    )
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False):
        enter(client)
        answer = client.post(CONFIRM)
        kept = Registration.objects.get()
        assert kept.expires_at - timezone.now() == timedelta(hours=24)
        assert kept.terms_agreed_at == timezone.now()
    assert answer["Location"] == SENT
    assert "hana@example.jp" in body(client.get(SENT))
    assert kept.terms_version == terms.version
    assert PASSWORD not in kept.password
    assert not Account.objects.exists()
    letter = Letter.objects.get()
    assert (letter.address, letter.mailing.lane, letter.language) == ("hana@example.jp", Lane.CODES, "ja")


def test_what_counts_as_agreed_to_is_the_version_shown_and_when_its_button_was_pressed(client):
    LegalText.objects.create(kind="terms", version="2026-04", effective_at="2026-04-01T00:00:00+09:00")
    LegalText.objects.create(kind="terms", version="2026-12", effective_at="2026-12-01T00:00:00+09:00")
    with time_machine.travel("2026-11-30 23:58:00+09:00", tick=False) as clock:
        assert '<input type="hidden" name="terms" value="2026-04">' in body(client.get(REGISTER))
        clock.move_to("2026-12-01 00:01:00+09:00")
        enter(client, terms="2026-04")
        pressed = timezone.now()
        clock.move_to("2026-12-01 00:05:00+09:00")
        client.post(CONFIRM)
        kept = Registration.objects.get()
        assert (kept.terms_version, kept.terms_agreed_at) == ("2026-04", pressed)
        path = letters("hana@example.jp")[-1].path
        client.post(path, {"password": PASSWORD})
        assert client.get("/my/")["Location"].startswith("/id/terms/"), "the newer version is asked for"


@pytest.mark.parametrize("terms", ["2026-13", "", "x" * 300])
def test_a_version_that_is_not_in_force_yet_or_never_was_is_not_agreed_to(client, terms):
    LegalText.objects.create(kind="terms", version="2026-04", effective_at="2026-04-01T00:00:00+09:00")
    LegalText.objects.create(kind="terms", version="2026-13", effective_at="2036-12-01T00:00:00+09:00")
    enter(client, terms=terms)
    client.post(CONFIRM)
    assert Registration.objects.get().terms_version == "2026-04"


@pytest.mark.parametrize(
    ("prefix", "subject", "words"),
    [
        ("", "本登録のお願い", ["24時間以内", "あおば通信", "お心当たりがない場合"]),
        ("/en", "Finish the registration", ["within 24 hours", "Aoba Telecom", "If you did not register"]),
    ],
)
def test_the_mail_carries_the_link_in_the_language_of_the_page(client, prefix, subject, words):
    path = register(client, prefix)
    (mail,) = letters("hana@example.jp")
    assert subject in mail.subject
    assert all(word in mail.text and word in mail.html for word in words)
    assert path.startswith(f"{prefix}/id/activate/")
    assert path in mail.html
    assert client.get(path).status_code == 200


def test_the_link_is_nowhere_in_the_database_in_clear(client):
    token = register(client).split("/")[-2]
    letter = Letter.objects.get()
    assert letter.sealed
    assert token.encode() not in bytes(letter.sealed)
    assert token not in str(letter.personal)
    assert token not in str(Registration.objects.values().get())


def test_pressing_twice_sends_one_mail(client):
    enter(client)
    again = Client()
    again.cookies = client.cookies.copy()
    session = client.session
    kept = dict(session)
    client.post(CONFIRM)
    restored = client.session
    restored.update(kept)
    restored.save()
    assert client.post(CONFIRM)["Location"] == SENT
    assert Letter.objects.count() == Registration.objects.count() == 1
    assert client.post(CONFIRM)["Location"] == SENT
    assert Letter.objects.count() == 1


def test_a_known_and_an_unknown_address_get_the_same_pages_and_one_mail_each():
    alice()
    known, new = Client(), Client()
    pages = {}
    for client, email in ((known, "alice@example.jp"), (new, "abcde@example.jp")):
        first = enter(client, email=email)
        confirm = client.get(CONFIRM)
        second = client.post(CONFIRM)
        sent = client.get(SENT)
        pages[email] = [
            (page.status_code, page.get("Location"), main(page).replace(email, ""))
            for page in (first, confirm, second, sent)
        ]
    assert pages["alice@example.jp"] == pages["abcde@example.jp"]
    assert len(letters("alice@example.jp")) == len(letters("abcde@example.jp")) == 1
    assert Account.objects.count() == 1


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_mail_to_a_known_address_says_so_and_offers_the_login(client, prefix):
    alice()
    enter(client, prefix, email="Alice@example.jp")
    client.post(f"{prefix}/id/register/confirm/")
    (mail,) = letters("alice@example.jp")
    assert ("すでに登録されて" if prefix == "" else "already has one") in mail.text
    assert f"http://127.0.0.1:8000{prefix}/id/login/" in mail.text
    assert "/id/activate/" not in mail.text + mail.html
    assert ("/id/password/forgot/" in mail.text) == (client.get("/id/password/forgot/").status_code != 404)


def test_known_and_unknown_addresses_cost_the_same_hashes_and_queries(monkeypatch):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from madoguchi.accounts.hashers import Argon2idHasher

    alice()
    hashed = []
    plain = Argon2idHasher.encode

    def counting(self, *args):
        hashed.append(1)
        return plain(self, *args)

    monkeypatch.setattr(Argon2idHasher, "encode", counting)
    costs = []
    for email in ("alice@example.jp", "abcde@example.jp"):
        client = Client()
        hashed.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            enter(client, email=email)
            client.post(CONFIRM)
        costs.append((len(hashed), [re.sub(r"\d+|'[^']*'", "", query["sql"]) for query in queries]))
    assert costs[0][0] == 1
    assert [cost[0] for cost in costs] == [1, 1]
    assert len(costs[0][1]) == len(costs[1][1])


def test_registering_again_kills_the_former_link(client):
    former = register(client)
    newer = register(Client())
    assert client.get(newer).status_code == 200
    dead = client.get(former)
    assert dead.status_code == 410
    assert "新しいリンクをお送りしています" in body(dead)
    assert client.post(former, {"password": PASSWORD}).status_code == 410


def test_steps_cannot_be_skipped(client):
    assert client.get(CONFIRM)["Location"] == REGISTER
    assert client.post(CONFIRM)["Location"] == REGISTER
    assert client.get(SENT)["Location"] == REGISTER
    assert not Letter.objects.exists()


def test_the_form_is_forgotten_after_an_hour(client):
    with time_machine.travel("2026-11-22 10:00:00", tick=False) as clock:
        enter(client)
        clock.shift(3601)
        assert client.post(CONFIRM)["Location"] == REGISTER


def test_who_is_signed_in_needs_no_registration(client):
    sign_in(client, alice())
    assert client.get(REGISTER)["Location"] == "/my/"


def test_too_many_registrations_of_one_address_are_429_known_or_not():
    """One network has a share of five of the ten: a stranger alone does not keep the owner from registering."""
    alice()
    for email in ("alice@example.jp", "abcde@example.jp"):
        for network, statuses in (
            ("203.0.113.9", [302] * 5 + [429]),
            ("198.51.100.7", [302] * 5 + [429]),
            ("192.0.2.1", [429]),
        ):
            assert [_registered(email, network) for _time in statuses] == statuses
        assert Letter.objects.filter(address=email).count() == 10


def _registered(email, network):
    enter(client := Client(REMOTE_ADDR=network), email=email)
    return client.post(CONFIRM).status_code


def test_forms_from_one_network_have_a_limit_before_anything_is_hashed(monkeypatch):
    from madoguchi.accounts import limits

    monkeypatch.setattr(limits, "REGISTRATION_FORM", limits.Limit("registration form", 2, timedelta(hours=1)))
    assert [enter(Client(REMOTE_ADDR="203.0.113.9")).status_code for _time in range(3)] == [302, 302, 429]
    assert enter(Client(REMOTE_ADDR="203.0.113.10")).status_code == 302


def test_where_the_customer_came_from_is_kept(client):
    page = body(client.get(REGISTER + "?next=/my/notices/hikari/"))
    assert 'name="next" value="/my/notices/hikari/"' in page
    register(client, next="/my/notices/hikari/")
    register(Client(), email="b@example.jp", next="https://evil.example/")
    assert list(Registration.objects.order_by("pk").values_list("continue_to", flat=True)) == [
        "/my/notices/hikari/",
        "",
    ]


def test_an_old_mobile_address_is_taken_with_a_warning_and_written_to_in_quotes(client):
    enter(client, email="a..b@docomo.ne.jp")
    assert "メールが届かないことがあります" in body(client.get(CONFIRM))
    client.post(CONFIRM)
    assert Registration.objects.get().email == "a..b@docomo.ne.jp"
    assert Letter.objects.get().address == '"a..b"@docomo.ne.jp'
    enter(client)
    assert "メールが届かないことがあります" not in body(client.get(CONFIRM))
