"""A1, ``/id/login/`` and ``/id/logout/``."""

import re

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from psycopg import Cursor

from madoguchi.accounts.hashers import Argon2idHasher
from madoguchi.accounts.models import Account, AuthEvent, SignIn
from madoguchi.accounts.tests.people import PASSWORD, account, alice, bob, sign_in

LOGIN = "/id/login/"
pytestmark = pytest.mark.django_db


def enter(client, email="alice@example.jp", password=PASSWORD, path=LOGIN, **more):
    return client.post(path, {"email": email, "password": password, **more})


def same_but_for_tokens(response):
    text = response.content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|[0-9a-f]{32}', "", text)


@pytest.mark.parametrize(
    ("path", "words"),
    [("/id/login/", ["ログイン", "IDをお持ちの方", "はじめての方"]),
     ("/en/id/login/", ["Log in", "I already have a customer ID", "New here?"])],
)  # fmt: skip
def test_the_page_in_both_languages_with_the_door_to_registration(client, path, words):
    page = client.get(path)
    assert page.status_code == 200
    text = page.content.decode()
    for word in words:
        assert word in text
    assert f'href="{path.replace("login", "register")}"' in text
    assert "no-store" in page["Cache-Control"]


def test_only_doors_to_pages_that_exist(client):
    for link in re.findall(r'href="(/id/[^"?]*)', client.get(LOGIN).content.decode()):
        assert client.get(link).status_code != 404, link


def test_alice_logs_in_with_a_new_session_key_and_lands_on_my_page(client):
    someone = alice()
    client.session["before"] = 1
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    answer = enter(client)
    assert (answer.status_code, answer["Location"]) == (302, "/my/")
    assert client.session.session_key != session.session_key
    assert client.session["_auth_user_id"] == str(someone.pk)
    event = AuthEvent.objects.get()
    assert (event.account, event.method, event.succeeded) == (someone, "password", True)
    assert event.network == "127.0.0.1"
    assert event.sign_in == SignIn.objects.standing(someone).get()
    assert len(event.device) == 64


def test_the_address_counts_however_it_is_typed(client):
    alice()
    assert enter(client, email=" Ａｌｉｃｅ＠EXAMPLE.jp ").status_code == 302


def test_without_staying_the_session_ends_with_the_browser(client):
    alice()
    cookie = enter(client).cookies[settings.SESSION_COOKIE_NAME]
    assert not cookie["max-age"]
    assert not cookie["expires"]


def test_staying_keeps_the_session_for_the_days_of_the_setting(client, settings):
    settings.STAY_SIGNED_IN_DAYS = 7
    alice()
    cookie = enter(client, stay="on").cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["max-age"] == 7 * 86400


@pytest.mark.parametrize("path", ["/id/login/", "/en/id/login/"])
def test_unknown_address_and_wrong_password_and_closed_account_are_answered_alike(client, path):
    alice()
    bob(is_active=False)
    answers = [
        enter(client, email="alice@example.jp", password="wrong-1", path=path),
        enter(client, email="nobody@example.jp", password="wrong-1", path=path),
        enter(client, email="bob@example.jp", path=path),
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    texts = {
        same_but_for_tokens(answer).replace(email, "")
        for answer, email in zip(answers, ("alice@example.jp", "nobody@example.jp", "bob@example.jp"), strict=True)
    }
    assert len(texts) == 1
    assert list(AuthEvent.objects.order_by("pk").values_list("account__email", "succeeded")) == [
        ("alice@example.jp", False),
        (None, False),
        ("bob@example.jp", False),
    ]


def test_known_and_unknown_addresses_cost_the_same_hash_and_statements(monkeypatch):
    """Whoever has an ID: the same statements in the same order, one hash, compared and not made."""
    account("alice@example.jp")
    account("business@example.jp", password=False)
    hashed, asked = [], []
    for name in ("encode", "verify"):
        plain = getattr(Argon2idHasher, name)

        def counting(self, password, other, plain=plain, name=name):
            hashed.append(name)
            return plain(self, password, other)

        monkeypatch.setattr(Argon2idHasher, name, counting)
    execute = Cursor.execute

    def noting(self, statement, *values, **options):
        asked.append(statement)
        return execute(self, statement, *values, **options)

    monkeypatch.setattr(Cursor, "execute", noting)
    costs = []
    for email in ("alice@example.jp", "nobody@example.jp", "business@example.jp"):
        hashed.clear()
        asked.clear()
        assert enter(Client(), email=email, password="wrong-one-1").status_code == 422
        costs.append((list(hashed), list(asked)))
    assert costs == [costs[0]] * 3
    assert costs[0][0] == ["verify"]
    assert len(costs[0][1]) == 2  # who it may be, counted; the row of the ledger
    hashed.clear()
    enter(Client(), email="alice@example.jp")
    assert hashed == ["verify"]


def test_a_refused_login_keeps_the_address_and_never_the_password(client):
    answer = enter(client, email="nobody@example.jp", password="secret-77")
    text = answer.content.decode()
    assert 'value="nobody@example.jp"' in text
    assert "secret-77" not in text
    assert text.count("メールアドレスまたはパスワード") >= 1
    assert "<title>エラー" in text


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("", ""),
        ("nobody", "x"),
        ("a\0b@example.jp", "x"),
        ("a@" + "b" * 250 + ".jp", "x"),
        ("ok@example.jp", "x" * 129),
    ],
)
def test_what_cannot_be_right_is_said_beside_the_field(client, email, password):
    answer = enter(client, email=email, password=password)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not AuthEvent.objects.exists()


def test_next_leads_back_to_the_page_asked_for(client):
    alice()
    assert 'name="next" value="/my/notices/hikari/"' in client.get(LOGIN + "?next=/my/notices/hikari/").content.decode()
    assert enter(client, next="/my/notices/hikari/")["Location"] == "/my/notices/hikari/"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)", "\\\\evil.example", "my/",
     "http:///evil.example", "/" + "x" * 400, "/id/login/?next=/my/", " //evil.example", "/\n/evil.example",
     "/my/\r\nX: 1"],
)  # fmt: skip
def test_next_never_leads_off_this_site(client, elsewhere):
    alice()
    assert (
        "evil.example"
        not in client.get(LOGIN, {"next": elsewhere}).content.decode().replace("/en/", "").split("<main")[1]
    )
    answer = enter(client, next=elsewhere)
    assert answer["Location"] in ("/my/",), elsewhere


def test_who_is_signed_in_goes_on(client):
    sign_in(client, alice())
    assert client.get(LOGIN + "?next=/my/charges/")["Location"] == "/my/charges/"
    assert client.get("/en/id/login/")["Location"] == "/en/my/"


def test_the_forms_address_says_where_to_go_on_so_that_coming_back_to_its_answer_does_too(client):
    answer = enter(client, password="wrong", next="/my/?a=1&b=2")
    assert answer.status_code == 422
    action = re.search(r'action="(/id/login/[^"]*)"', answer.content.decode())
    assert action
    assert action[1] == "/id/login/?next=%2Fmy%2F%3Fa%3D1%26b%3D2"
    assert 'name="next" value="/my/?a=1&amp;b=2"' in client.get(action[1]).content.decode()


def test_logging_out_ends_the_session_and_only_by_post(client):
    someone = alice()
    sign_in(client, someone)
    key = client.session.session_key
    page = client.get("/id/logout/")
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert client.session["_auth_user_id"] == str(someone.pk)
    for path, words in (
        ("/id/logout/", "ログアウトするには、ボタンを押して"),
        ("/en/id/logout/", "Press the button to log out"),
    ):
        text = client.get(path).content.decode()
        assert words in text
        assert f'<form method="post" action="{path}">' in text
    answer = client.post("/id/logout/")
    assert (answer.status_code, answer["Location"]) == (302, "/id/login/?left=1")
    assert "ログアウトしました" in client.get(answer["Location"]).content.decode()
    assert "_auth_user_id" not in client.session
    assert client.session.session_key != key
    assert AuthEvent.objects.filter(account=someone, method="logout").exists()
    assert client.get("/id/logout/")["Location"] == "/id/login/"


def test_a_form_from_another_site_is_refused():
    alice()
    assert enter(Client(enforce_csrf_checks=True)).status_code == 403


def test_the_eleventh_wrong_password_for_an_address_is_429_whoever_it_is():
    alice()
    for email in ("alice@example.jp", "nobody@example.jp"):
        client = Client()
        statuses = [enter(client, email=email, password="wrong-1").status_code for _try in range(11)]
        assert statuses == [422] * 10 + [429]
    assert enter(Client(), email="bob@example.jp", password="x").status_code == 422


def test_tries_come_back_with_time():
    alice()
    client = Client()
    with time_machine.travel("2026-11-22 10:00:00", tick=False) as clock:
        for _try in range(11):
            answer = enter(client, password="wrong-1")
        assert answer.status_code == 429
        clock.shift(91)
        assert enter(client).status_code == 302


def test_a_full_limit_says_when_to_come_back_and_what_helps_meanwhile():
    for _try in range(11):
        answer = Client().post("/en/id/login/?next=/en/my/", {"email": "x@example.jp", "password": "wrong-1"})
    assert answer.status_code == 429
    assert answer["Retry-After"] == "90"
    said = answer.content.decode()
    assert "Please try again in about 2 minutes." in said
    assert "/en/id/password/forgot/" in said
    assert "/en/id/login/?next=%2Fen%2Fmy%2F" in said


def test_right_passwords_use_no_tries(client):
    alice()
    for _time in range(12):
        assert enter(Client()).status_code == 302


def test_strangers_cannot_lock_alice_out_of_the_device_she_knows():
    alice()
    home = Client()
    enter(home)
    home.post("/id/logout/")
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for _try in range(11):
        refused = enter(stranger, password="wrong-1")
    assert refused.status_code == 429
    assert enter(Client()).status_code == 429
    assert enter(home).status_code == 302


def test_the_mark_of_a_known_device_is_good_for_who_logged_in_there_and_says_nothing():
    alice()
    bob()
    home = Client()
    enter(home)
    home.post("/id/logout/")
    cookie = home.cookies["known"]
    assert cookie["httponly"]
    assert "alice" not in cookie.value
    for _try in range(11):
        answer = enter(Client(), email="bob@example.jp", password="wrong-1")
    assert answer.status_code == 429
    assert enter(home, email="bob@example.jp", password="wrong-1").status_code == 429


def test_one_network_has_a_limit_of_its_own(monkeypatch):
    from madoguchi.accounts import limits

    monkeypatch.setattr(limits, "LOGIN_SOURCE", limits.Limit("login source", 3, limits.LOGIN_SOURCE.period))
    for number in range(3):
        assert enter(Client(REMOTE_ADDR="203.0.113.9"), email=f"a{number}@example.jp").status_code == 422
    full = enter(Client(REMOTE_ADDR="203.0.113.9"), email="another@example.jp")
    assert full.status_code == 429
    assert enter(Client(REMOTE_ADDR="203.0.113.10"), email="another@example.jp").status_code == 422
    said = full.content.decode()
    assert "そのネットワークからのログインを一時的に止めています" in said
    assert "/id/password/forgot/" not in said  # a new password would not help


def test_no_password_is_kept_in_clear(client):
    assert PASSWORD not in Account.objects.get(pk=alice().pk).password
