"""Logging in with a passkey alone, and with one after the password."""

import json
from typing import Any

import pytest
import time_machine
from django.test import Client, override_settings

from madoguchi.accounts import limits
from madoguchi.accounts.models import AuthEvent
from madoguchi.accounts.second_factor import enrol_totp
from madoguchi.accounts.tests.authenticators import OPTIONS, Device, add_passkey, at_localhost, options
from madoguchi.accounts.tests.people import PASSWORD, alice, bob, publisher, sign_in

LOGIN = "/id/login/passkey/"
CODE = "/id/login/code/"
pytestmark = pytest.mark.django_db


def equipped(someone: Any, **device: Any) -> Device:
    """``someone`` with a passkey."""
    client = at_localhost()
    sign_in(client, someone)
    return add_passkey(client, Device(**device))


def log_in(client: Client, device: Device, **more: Any) -> Any:
    return client.post(LOGIN, {"credential": device.prove(options(client, "login")), **more})


def give_password(client: Client, someone: Any) -> Any:
    return client.post("/id/login/", {"email": someone.email, "password": PASSWORD})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_passkey_logs_in_alone_and_needs_nothing_more():
    someone = alice()
    device = equipped(someone)
    client = at_localhost()
    answer = log_in(client, device, next="/my/notices/")
    assert answer["Location"] == "/my/notices/"
    assert client.session["_auth_user_id"] == str(someone.pk)
    event = AuthEvent.objects.filter(account=someone, method="passkey").get()
    assert (event.succeeded, event.detail) == (True, "user_verified")
    assert client.get("/id/otp/codes/").status_code == 200  # fresh, and the strongest there is


def test_the_page_offers_it_and_browsers_may_fill_it_in():
    page = at_localhost().get("/id/login/").content.decode()
    assert 'data-purpose="login"' in page
    assert 'autocomplete="username webauthn"' in page


def test_at_an_address_of_digits_there_are_no_passkeys(client):
    assert "passkey-ask" not in client.get("/id/login/").content.decode()
    assert client.post(OPTIONS, {"purpose": "login"}).status_code == 403


def test_the_challenge_says_nothing_about_anybody_and_asks_for_the_holder():
    asked = options(at_localhost(), "login")
    assert asked["rpId"] == "localhost"
    assert asked["userVerification"] == "required"
    assert "allowCredentials" not in asked


def test_without_a_fingerprint_or_pin_it_is_no_login_of_its_own():
    device = equipped(alice(), verifies=False)
    client = at_localhost()
    assert log_in(client, device).status_code == 422
    assert not signed_in(client)


def test_staying_signed_in_is_kept():
    device = equipped(alice())
    client = at_localhost()
    log_in(client, device, stay="on")
    assert not client.session.get_expire_at_browser_close()


def test_staff_may_use_a_passkey_in_place_of_the_code():
    someone = publisher()
    enrol_totp(someone)
    device = equipped(someone)
    client = at_localhost()
    assert log_in(client, device)["Location"] == "/console/"
    assert client.get("/console/").status_code == 200
    client = at_localhost()
    assert give_password(client, someone)["Location"] == CODE
    answer = client.post(CODE, {"credential": device.prove(options(client, "code"))})
    assert answer["Location"] == "/console/"
    assert client.get("/console/").status_code == 200


@pytest.mark.parametrize("verifies", [True, False])
def test_after_the_password_any_passkey_of_the_id_will_do(verifies):
    someone = alice()
    device = equipped(someone, verifies=verifies)
    client = at_localhost()
    assert give_password(client, someone)["Location"] == CODE
    assert not signed_in(client)
    page = client.get(CODE).content.decode()
    assert 'data-purpose="code"' in page
    asked = options(client, "code")
    assert [each["id"] for each in asked["allowCredentials"]] == [json.loads(device.prove(asked))["id"]]
    asked = options(client, "code")
    assert client.post(CODE, {"credential": device.prove(asked)})["Location"] == "/my/"
    assert signed_in(client)


def test_a_passkey_of_somebody_else_is_refused():
    hers, his = alice(), bob()
    equipped(hers)
    device = equipped(his)
    client = at_localhost()
    give_password(client, hers)
    answer = client.post(CODE, {"credential": device.prove(options(client, "code"))})
    assert answer.status_code == 422
    assert not signed_in(client)
    assert AuthEvent.objects.filter(account=hers, method="passkey", succeeded=False).exists()


def test_an_answer_counts_once():
    device = equipped(alice())
    first = at_localhost()
    sent = device.prove(options(first, "login"))
    assert first.post(LOGIN, {"credential": sent}).status_code == 302
    first.post("/id/logout/")
    assert first.post(LOGIN, {"credential": sent}).status_code == 422
    assert not signed_in(first)


def test_a_refused_answer_takes_the_challenge_with_it():
    device = equipped(alice())
    client = at_localhost()
    asked = options(client, "login")
    assert client.post(LOGIN, {"credential": "{}"}).status_code == 422
    assert client.post(LOGIN, {"credential": device.prove(asked)}).status_code == 422


def test_an_answer_to_another_browsers_challenge_is_refused():
    device = equipped(alice())
    mine, theirs = at_localhost(), at_localhost()
    options(theirs, "login")
    assert theirs.post(LOGIN, {"credential": device.prove(options(mine, "login"))}).status_code == 422


def test_a_challenge_is_good_for_its_purpose_alone():
    someone = alice()
    device = equipped(someone)
    client = at_localhost()
    give_password(client, someone)
    asked = options(client, "code")
    assert client.post(LOGIN, {"credential": device.prove(asked)}).status_code == 422
    assert not signed_in(client)


def test_a_challenge_lives_ten_minutes():
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        device = equipped(alice())
        client = at_localhost()
        sent = device.prove(options(client, "login"))
        clock.shift(601)
        assert client.post(LOGIN, {"credential": sent}).status_code == 422
        assert log_in(client, device).status_code == 302


def test_a_copied_passkey_is_noticed():
    """The trap: two devices with one key. The one that counts behind the other is refused, and the ledger says why."""
    someone = alice()
    device = equipped(someone)
    for _time in range(3):
        assert log_in(at_localhost(), device).status_code == 302
    device.used = 1
    client = at_localhost()
    assert log_in(client, device).status_code == 422
    assert not signed_in(client)
    assert AuthEvent.objects.filter(account=someone, method="passkey", succeeded=False).get().detail == "copied"


def test_a_passkey_that_does_not_count_is_fine():
    device = equipped(alice(), counts=0)
    for _time in range(2):
        assert log_in(at_localhost(), device).status_code == 302


def test_an_answer_given_to_another_site_is_refused():
    device = equipped(alice())
    device.origin = "http://localhost.evil.example"
    assert log_in(at_localhost(), device).status_code == 422
    device.origin = "http://other.localhost"
    assert log_in(at_localhost(), device).status_code == 422


@override_settings(DEMO=False, SECURE=True, SITE_URL="https://support.aoba.example", ALLOWED_HOSTS=["*"])
def test_in_production_the_site_is_where_its_setting_says(client):
    someone = alice()
    client = Client(SERVER_NAME="other.aoba.example")
    sign_in(client, someone)
    device = Device(origin="https://support.aoba.example")
    asked = options(client, "add")
    assert asked["rp"] == {"id": "support.aoba.example", "name": "Aoba Telecom"}
    add_passkey(client, device)
    client = Client(SERVER_NAME="other.aoba.example")
    assert log_in(client, device).status_code == 302
    device.origin = "https://other.aoba.example"
    assert log_in(Client(), device).status_code == 422


def test_a_signature_of_another_key_is_refused():
    device = equipped(alice())
    device.key = Device().key
    assert log_in(at_localhost(), device).status_code == 422


def test_a_closed_account_stays_out():
    someone = alice()
    device = equipped(someone)
    someone.is_active = False
    someone.save()
    client = at_localhost()
    assert log_in(client, device).status_code == 422
    assert not signed_in(client)


@pytest.mark.parametrize(
    "sent",
    ["", "null", "[]", "{}", "1", '"x"', "{", "x" * 30_000, '{"rawId": "!"}', '{"id": "a", "rawId": "b"}',
     '{"rawId": "AAAA", "response": {}}', '{"rawId": "AAAA", "response": {"clientDataJSON": "AAAA"}}',
     '{"rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": "e30", "authenticatorData": "AA",'
     ' "signature": "AA", "userHandle": "AA"}}', "[" * 5000],
)  # fmt: skip
def test_what_no_browser_sends_is_refused_politely(sent):
    client = at_localhost()
    options(client, "login")
    answer = client.post(LOGIN, {"credential": sent})
    assert answer.status_code == 422
    assert "エラー：" in answer.content.decode()


@pytest.mark.parametrize("changed", [{"signature": b"\0"}, {"authenticatorData": b"\0" * 40}, {"userHandle": b""}])
def test_a_damaged_answer_is_refused(changed):
    device = equipped(alice())
    client = at_localhost()
    sent = device.prove(options(client, "login"), **changed)
    assert client.post(LOGIN, {"credential": sent}).status_code == 422


def test_known_address_locked_out_by_strangers_a_passkey_still_gets_in():
    """The trap: strangers use up an address's tries. A passkey is nothing to guess, so it does not pass that bucket."""
    someone = alice()
    device = equipped(someone)
    stranger = at_localhost(REMOTE_ADDR="203.0.113.9")
    wrong = {"email": someone.email, "password": "wrong-1"}
    assert [stranger.post("/id/login/", wrong).status_code for _try in range(11)][-1] == 429
    assert log_in(at_localhost(), device).status_code == 302


def test_used_up_codes_do_not_stop_a_passkey():
    someone = alice()
    enrol_totp(someone)
    client = at_localhost()
    sign_in(client, someone, second_factor=True)
    device = add_passkey(client)
    client = at_localhost()
    give_password(client, someone)
    assert [client.post(CODE, {"code": "000000"}).status_code for _try in range(6)][-1] == 429
    assert client.post(CODE, {"credential": device.prove(options(client, "code"))}).status_code == 302


def test_wrong_answers_of_one_network_are_limited():
    client = at_localhost()
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False):
        for _try in range(limits.LOGIN_SOURCE.tries - 1):
            limits.take(limits.LOGIN_SOURCE, "127.0.0.1")
        assert client.post(LOGIN, {"credential": "{}"}).status_code == 422
        assert client.post(LOGIN, {"credential": "{}"}).status_code == 429


def test_another_site_cannot_start_it():
    client = at_localhost(enforce_csrf_checks=True)
    assert client.post(OPTIONS, {"purpose": "login"}).status_code == 403
    assert client.post(LOGIN, {"credential": "{}"}).status_code == 403


@pytest.mark.parametrize("purpose", ["", "add", "code", "prove", "else"])
def test_who_is_not_signed_in_gets_no_other_challenge(purpose):
    equipped(alice())
    assert at_localhost().post(OPTIONS, {"purpose": purpose}).status_code == 403


def test_in_english():
    client = at_localhost()
    assert "Log in with a passkey" in client.get("/en/id/login/").content.decode()
    client.post("/en/id/passkey/options/", {"purpose": "login"})
    answer = client.post("/en/id/login/passkey/", {"credential": "{}"})
    assert "This passkey was not accepted" in answer.content.decode()
