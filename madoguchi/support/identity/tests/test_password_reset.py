"""``/id/password/reset/<token>/``: the link for a forgotten password."""

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from madoguchi.accounts import forgotten, recovery_codes
from madoguchi.accounts.models import Account, AuthEvent, PasswordReset, SignIn
from madoguchi.accounts.second_factor import current_code, enrol_totp
from madoguchi.accounts.tests.people import PASSWORD, alice, bob, sign_in
from madoguchi.contracts.models import TrustedDevice
from madoguchi.support.identity.tests.forgetting import NEW, ask_for_link
from madoguchi.support.identity.tests.letters import letters

DONE = "/id/password/reset/done/"
pytestmark = pytest.mark.django_db


def body(response):
    return response.content.decode()


def choose(client, path, password=NEW, **more):
    return client.post(path, {"password": password, "password_again": password, **more})


def log_in(password, client=None):
    return (client or Client()).post("/id/login/", {"email": "alice@example.jp", "password": password})


def test_the_link_and_a_new_password(client):
    alice()
    path = ask_for_link(client)
    page = client.get(path)
    assert page.status_code == 200
    assert "alice@example.jp" in body(page)
    assert "6〜32文字" in body(page)
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]
    assert choose(client, path)["Location"] == DONE
    assert "新しいパスワードを設定しました" in body(client.get(DONE))
    assert Account.objects.get().password_rules == "classic-1"
    assert log_in(PASSWORD).status_code == 422
    assert log_in(NEW).status_code == 302


def test_nobody_is_logged_in_by_it_and_everybody_is_logged_out(client):
    someone = alice()
    colleague = bob()
    elsewhere, other = Client(), Client()
    sign_in(elsewhere, someone)
    sign_in(other, colleague)
    choose(client, ask_for_link(client))
    assert client.get("/my/").status_code == 302
    assert elsewhere.get("/my/")["Location"].startswith("/id/login/")
    assert other.get("/my/").status_code == 200
    assert list(SignIn.objects.filter(account=someone).values_list("end", flat=True)) == ["password_reset"]


def test_remembered_phone_devices_end(client):
    someone = alice()
    TrustedDevice.objects.create(
        account=someone, secret_digest="x", password_mark=someone.get_session_auth_hash(), agent="Browser"
    )
    choose(client, ask_for_link(client))
    assert TrustedDevice.objects.get().end == "password_changed"


def test_a_mail_tells_and_the_ledger_notes(client):
    alice()
    choose(client, ask_for_link(client))
    told = letters("alice@example.jp")[-1]
    assert told.subject == "パスワードが変更されました"
    assert "/id/password/forgot/" in told.text
    assert NEW not in told.text
    event = AuthEvent.objects.get(method="password_reset")
    assert event.account is not None
    assert (event.account.email, event.succeeded) == ("alice@example.jp", True)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_trap_mail_scanners_open_links_and_nothing_happens(client, prefix):
    someone = alice(language="en" if prefix else "ja")
    path = ask_for_link(client)
    before = list(PasswordReset.objects.values())
    for _time in range(3):
        assert Client().get(path).status_code == 200
        assert Client().head(path).status_code == 200
    assert list(PasswordReset.objects.values()) == before
    assert Account.objects.get().password == someone.password


def test_a_link_works_once(client):
    alice()
    path = ask_for_link(client)
    choose(client, path)
    for answer in (client.get(path), choose(client, path, "another-one-92")):
        assert answer.status_code == 410
        assert "すでに使われています" in body(answer)
    assert log_in(NEW).status_code == 302


def test_a_link_works_for_30_minutes(client):
    alice()
    with time_machine.travel("2026-11-22 10:00:00", tick=False) as clock:
        path = ask_for_link(client)
        clock.shift(30 * 60 - 1)
        assert client.get(path).status_code == 200
        clock.shift(1)
        for answer in (client.get(path), choose(client, path)):
            assert answer.status_code == 410
            assert "30分" in body(answer)
        forgotten.purge(now=timezone.now())
        assert PasswordReset.objects.get().end == "expired"
        assert client.get(path).status_code == 410
        clock.shift(91 * 86400)
        forgotten.purge(now=timezone.now())
        assert not PasswordReset.objects.exists()
        assert client.get(path).status_code == 404
    assert log_in(PASSWORD).status_code == 302


def test_a_newer_link_replaces_it(client):
    alice()
    former, newer = ask_for_link(client), ask_for_link(client)
    answer = client.get(former)
    assert answer.status_code == 410
    assert "新しいリンク" in body(answer)
    assert choose(client, former).status_code == 410
    assert choose(client, newer).status_code == 302


@pytest.mark.parametrize(
    "change", [{"email": "alice-new@example.jp"}, {"password": "argon2$other"}, {"is_active": False}]
)
def test_a_link_dies_with_the_address_or_the_password_it_was_sent_for(client, change):
    alice()
    path = ask_for_link(client)
    Account.objects.update(**change)
    assert client.get(path).status_code == 410
    assert choose(client, path).status_code == 410


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 3000, "%00", "あ"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_damaged_link_is_404_and_says_what_to_do(client, token, method):
    answer = getattr(client, method)(f"/id/password/reset/{token}/")
    assert answer.status_code == 404
    assert "リンクが正しくありません" in body(answer)
    assert "/id/password/forgot/" in body(answer)


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("ab1", "ab1", "6〜32文字"),
        ("qwe123rty", "qwe123rty", "多くの人が使っている"),
        ("aoki-arisu", "aoki-arisu", "似た"),
        (NEW, NEW + "x", "パスワードが違います"),
        ("", "", "パスワードを"),
    ],
)
def test_a_bad_password_is_refused_with_the_reason_and_the_link_lives(client, password, again, said):
    alice()
    path = ask_for_link(client)
    answer = client.post(path, {"password": password, "password_again": again})
    assert answer.status_code == 422
    assert said in body(answer)
    if password:
        assert password not in body(answer)
    assert choose(client, path).status_code == 302


def test_a_reset_gives_the_tries_of_the_address_back(client):
    alice()
    for _try in range(11):
        answer = log_in("wrong-one-1")
    assert answer.status_code == 429
    choose(client, ask_for_link(client))
    assert log_in(NEW).status_code == 302


def test_a_reset_gives_back_the_tries_of_a_browser_she_uses(client):
    someone = alice()
    home = Client()
    log_in(PASSWORD, home)
    home.post("/id/logout/")
    for _try in range(11):
        answer = log_in("wrong-one-1", home)
    assert answer.status_code == 429
    choose(client, ask_for_link(client))
    assert log_in(NEW, home).status_code == 302
    assert someone.pk


def test_classic_leaves_the_second_factor_to_the_login(client):
    someone = alice()
    enrol_totp(someone)
    choose(client, ask_for_link(client))
    fresh = Client()
    assert log_in(NEW, fresh)["Location"] == "/id/login/code/"
    assert fresh.get("/my/").status_code == 302


def test_strict_asks_for_the_second_factor_beside_the_link(client, settings):
    settings.SECURITY_PROFILE = "strict"
    someone = alice()
    enrol_totp(someone)
    path = ask_for_link(client)
    assert "8〜128文字" in body(client.get(path))
    assert choose(client, path).status_code == 422
    assert choose(client, path, "kX9!qzp2", code=current_code(someone)).status_code == 302
    assert Account.objects.get().password_rules == "strict-1-mfa"


def test_strict_takes_a_recovery_code_in_place_of_the_authenticator(client, settings):
    settings.SECURITY_PROFILE = "strict"
    someone = alice()
    enrol_totp(someone)
    fresh = recovery_codes.draw()
    recovery_codes.keep(someone, fresh)
    path = ask_for_link(client)
    assert choose(client, path, code="0000-0000-0000").status_code == 422
    assert choose(client, path, code=fresh.shown[0].upper()).status_code == 302
    assert recovery_codes.left(someone) == 9


def test_strict_five_wrong_codes_close_the_link(client, settings):
    settings.SECURITY_PROFILE = "strict"
    someone = alice()
    enrol_totp(someone)
    path = ask_for_link(client)
    for _try in range(4):
        assert choose(client, path, "yoake-no-fune-to-kaze-3", code="000000").status_code == 422
    assert choose(client, path, "yoake-no-fune-to-kaze-3", code="000000").status_code == 410
    assert choose(client, path, "yoake-no-fune-to-kaze-3", code=current_code(someone)).status_code == 410
    assert "5回" in body(client.get(path))
    assert log_in(PASSWORD).status_code == 302


def test_strict_without_a_second_factor_asks_for_fifteen(client, settings):
    settings.SECURITY_PROFILE = "strict"
    alice()
    path = ask_for_link(client)
    assert choose(client, path, "kX9!qzp2").status_code == 422
    assert choose(client, path, "yoake-no-fune-to-kaze-3").status_code == 302
    assert Account.objects.get().password_rules == "strict-1"


def test_another_persons_link_is_nothing_to_bob(client):
    alice()
    colleague = bob()
    path = ask_for_link(client)
    browser = Client()
    sign_in(browser, colleague)
    choose(browser, path)
    assert browser.get("/my/").status_code == 200  # Bob's own session goes on
    assert Client().post("/id/login/", {"email": "bob@example.jp", "password": PASSWORD}).status_code == 302


def test_resets_from_one_network_have_a_limit_before_anything_is_hashed(client, monkeypatch):
    from madoguchi.accounts import limits

    monkeypatch.setattr(limits, "RESET_SOURCE", limits.Limit("reset source", 1, limits.RESET_SOURCE.period))
    alice()
    assert choose(client, ask_for_link(client)).status_code == 302
    assert choose(client, ask_for_link(client)).status_code == 429
