"""``/id/otp/``: one-time passwords on and off."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client, override_settings

from madoguchi.accounts import second_factor
from madoguchi.accounts.models import Account, AuthEvent, SignIn
from madoguchi.accounts.tests.people import PASSWORD, alice, bob, charlie, publisher, sign_in
from madoguchi.support.identity.tests.letters import letters

OTP, ON, OFF = "/id/otp/", "/id/otp/on/", "/id/otp/off/"
pytestmark = pytest.mark.django_db


def secret_of(page: str) -> str:
    """The key as a person types it from the page."""
    return "".join(re.findall(r'secret__group">([A-Z2-7]+)<', page))


def turn_on(client: Client, prefix: str = "") -> str:
    secret = secret_of(client.get(prefix + ON).content.decode())
    answer = client.post(prefix + ON, {"code": second_factor.code_of(secret)})
    assert answer["Location"] == prefix + "/id/otp/codes/"
    client.post(prefix + "/id/otp/codes/kept/")
    return secret


def test_nothing_is_on_at_first(client):
    sign_in(client, alice())
    page = client.get(OTP).content.decode()
    assert "認証アプリを設定する" in page
    assert "リカバリーコード" not in page


def test_it_counts_only_after_a_code_of_the_new_secret(client):
    someone = alice()
    sign_in(client, someone)
    page = client.get(ON).content.decode()
    secret = secret_of(page)
    assert len(secret) == 32
    assert secret_of(client.get(ON).content.decode()) == secret  # a reload shows the same
    assert not second_factor.has_totp(someone)
    wrong = client.post(ON, {"code": "000000"})
    assert wrong.status_code == 422
    assert secret_of(wrong.content.decode()) == secret
    assert not second_factor.has_totp(someone)
    answer = client.post(ON, {"code": second_factor.code_of(secret)})
    assert answer.status_code == 302
    assert second_factor.has_totp(someone)
    assert AuthEvent.objects.filter(account=someone, method="totp_on", succeeded=True).count() == 1
    assert "ワンタイムパスワード" in letters(someone.email)[-1].subject


def test_the_qr_code_is_drawn_in_the_page_without_style():
    client = Client()
    someone = alice()
    sign_in(client, someone)
    page = client.get(ON).content.decode()
    drawn = re.search(r"<svg.*?</svg>", page[page.index("qr-frame") :], re.S)
    assert drawn
    assert 'role="img"' in drawn[0]
    assert 'fill="#fff"' in drawn[0]  # the quiet zone is white whatever is around it
    assert "style=" not in drawn[0]
    assert "<title>" in drawn[0]


def test_the_secret_lies_sealed_in_the_session_and_in_the_database(client):
    """The trap: second-factor secrets are stored in clear by default."""
    someone = alice()
    sign_in(client, someone)
    secret = secret_of(client.get(ON).content.decode())
    assert secret not in str(dict(client.session))
    client.post(ON, {"code": second_factor.code_of(secret)})
    assert secret not in str(Authenticator.objects.get(user=someone, type="totp").data)
    assert "totp_draft" not in client.session


def test_the_code_it_was_confirmed_with_is_used_up():
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False):
        client, someone = Client(), alice()
        sign_in(client, someone)
        secret = turn_on(client)
        other = Client()
        other.post("/id/login/", {"email": someone.email, "password": PASSWORD})
        assert other.post("/id/login/code/", {"code": second_factor.code_of(secret)}).status_code == 422


def test_the_page_says_since_when_and_when_last_used(client):
    with time_machine.travel("2026-11-20 10:00:00+09:00", tick=False) as clock:
        someone = alice()
        sign_in(client, someone)
        turn_on(client)
        clock.shift(timedelta(minutes=5))
        other = Client()
        other.post("/id/login/", {"email": someone.email, "password": PASSWORD})
        other.post("/id/login/code/", {"code": second_factor.current_code(someone)})
        page = other.get("/en/id/otp/").content.decode()
        assert "20 Nov 2026, 10:00 JST" in page
        assert "20 Nov 2026, 10:05 JST" in page


def test_another_device_takes_over_only_once_it_is_confirmed(client):
    someone = alice()
    sign_in(client, someone)
    first = turn_on(client)
    page = client.get(ON).content.decode()
    assert secret_of(page) != first
    assert "確認が済むまで" in page
    kept = Authenticator.objects.get(user=someone, type="totp").pk
    second = secret_of(page)
    answer = client.post(ON, {"code": second_factor.code_of(second)})
    assert answer["Location"] == OTP  # the recovery codes stay
    assert Authenticator.objects.get(user=someone, type="totp").pk != kept


def test_turning_it_off_asks_first_and_tells(client):
    someone = alice()
    sign_in(client, someone)
    turn_on(client)
    assert "無効" in client.get(OFF).content.decode()
    assert second_factor.has_totp(someone)
    assert client.post(OFF)["Location"] == OTP
    assert not second_factor.has_totp(someone)
    assert not Authenticator.objects.filter(user=someone).exists()  # nor recovery codes for nothing
    assert AuthEvent.objects.filter(account=someone, method="totp_off").exists()
    assert "ワンタイムパスワード" in letters(someone.email)[-1].subject
    assert client.post(OFF)["Location"] == OTP  # pressed twice
    assert AuthEvent.objects.filter(account=someone, method="totp_off").count() == 1


def test_every_change_needs_a_fresh_proof_of_the_best_the_id_has(client):
    """ASVS 5.0, 7.5.1."""
    someone = alice()
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        sign_in(client, someone)
        clock.shift(timedelta(minutes=16))
        for path in (ON, "/id/otp/passkeys/add/"):
            assert client.get(path)["Location"] == "/id/prove/"
            assert client.post(path)["Location"] == "/id/prove/"
        second_factor.enrol_totp(someone)
        sign_in(client, someone)  # by password alone, just now
        for path in (ON, OFF, "/id/otp/codes/", "/id/otp/passkeys/add/"):
            assert client.post(path)["Location"] == "/id/prove/"
        assert client.get(OTP).status_code == 200
    assert second_factor.has_totp(someone)


def test_the_form_sent_before_the_proof_is_carried_out_after_it(client):
    someone = alice()
    second_factor.enrol_totp(someone)
    sign_in(client, someone)
    assert client.post(OFF)["Location"] == "/id/prove/"
    answer = client.post("/id/prove/", {"way": "code", "code": second_factor.current_code(someone)})
    assert answer["Location"] == OFF
    client.get(OFF)
    assert not second_factor.has_totp(someone)


def test_after_a_change_other_sessions_may_be_ended(client):
    """ASVS 5.0, 7.4.3."""
    someone, other = alice(), Client()
    sign_in(other, someone)
    sign_in(client, someone)
    turn_on(client)
    page = client.get(OTP).content.decode()
    assert "ほかの端末" in page
    assert client.post("/id/otp/others/")["Location"] == OTP
    assert client.get(OTP).status_code == 200
    assert other.get(OTP)["Location"].startswith("/id/login/")
    assert SignIn.objects.filter(account=someone, end="ended").count() == 1


def test_staff_keep_one(client):
    someone = publisher()
    second_factor.enrol_totp(someone)
    sign_in(client, someone)
    assert "少なくとも1つ" in client.get(OFF).content.decode()
    assert client.post(OFF).status_code == 422
    assert second_factor.has_totp(someone)


@override_settings(SECURITY_PROFILE="strict")
def test_a_password_too_short_to_stand_alone_is_replaced_with_the_last_factor(client):
    """NIST SP 800-63B-4, 3.1.1.2: eight characters do only beside another factor."""
    someone = alice(password_rules="strict-1-mfa")
    second_factor.enrol_totp(someone)
    sign_in(client, someone, second_factor=True)
    other = Client()
    sign_in(other, someone)
    assert 'name="password"' in client.get(OFF).content.decode()
    for typed in ({}, {"password": "k7-Wq9x!zR", "password_again": "k7-Wq9x!zR"}):
        assert client.post(OFF, typed).status_code == 422
        assert second_factor.has_totp(someone)
    long = "uguisu no koe ga suru asa no 7"
    assert client.post(OFF, {"password": long, "password_again": long})["Location"] == OTP
    assert not second_factor.has_totp(someone)
    changed = Account.objects.get(pk=someone.pk)
    assert changed.check_password(long)
    assert changed.password_rules == "strict-1"
    assert client.get(OTP).status_code == 200
    assert other.get(OTP).status_code == 302


@override_settings(SECURITY_PROFILE="strict")
def test_a_long_password_may_stay(client):
    someone = alice(password_rules="strict-1")
    second_factor.enrol_totp(someone)
    sign_in(client, someone, second_factor=True)
    assert 'name="password"' not in client.get(OFF).content.decode()
    assert client.post(OFF)["Location"] == OTP


def test_guessing_the_confirmation_is_limited(client):
    sign_in(client, alice())
    client.get(ON)
    assert [client.post(ON, {"code": "000000"}).status_code for _try in range(6)] == [422] * 5 + [429]


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "\0", "x" * 5000])
def test_what_is_no_code_is_said_beside_the_field(client, code):
    sign_in(client, alice())
    answer = client.post(ON, {"code": code})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


def test_a_secret_shown_waits_half_an_hour(client):
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        someone = alice()
        sign_in(client, someone)
        secret = secret_of(client.get(ON).content.decode())
        clock.shift(timedelta(minutes=31))
        sign_in(client, someone)
        assert secret_of(client.get(ON).content.decode()) != secret


def test_each_sees_and_changes_only_their_own():
    people = [alice(), bob(), charlie()]
    clients = [Client() for _one in people]
    for client, someone in zip(clients, people, strict=True):
        sign_in(client, someone)
    turn_on(clients[0])
    for client in clients[1:]:
        assert "認証アプリを設定する" in client.get(OTP).content.decode()
        assert client.post(OFF)["Location"] == OTP
    assert [second_factor.has_totp(someone) for someone in people] == [True, False, False]


def test_in_english(client):
    sign_in(client, alice())
    assert "Set up an authenticator" in client.get("/en/id/otp/").content.decode()
    turn_on(client, "/en")
    page = client.get("/en/id/otp/").content.decode()
    assert "Recovery codes" in page
    assert "10 of 10" in page
