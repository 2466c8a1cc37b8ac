"""Passkeys on ``/id/otp/``: added, named, removed."""

import json

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from madoguchi.accounts import passkeys, recovery_codes, second_factor
from madoguchi.accounts.models import AuthEvent
from madoguchi.accounts.tests.authenticators import OPTIONS, Device, add_passkey, at_localhost, options
from madoguchi.accounts.tests.people import alice, bob, charlie, publisher, sign_in
from madoguchi.support.identity.tests.letters import letters

OTP, ADD = "/id/otp/", "/id/otp/passkeys/add/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return at_localhost()


def keys(someone) -> list[int]:
    return list(Authenticator.objects.filter(user=someone, type="webauthn").order_by("pk").values_list("pk", flat=True))


def prove(client: Client, device: Device) -> None:
    answer = client.post("/id/prove/", {"way": "passkey", "credential": device.prove(options(client, "prove"))})
    assert answer.status_code == 302, answer.content.decode()


def test_the_first_brings_recovery_codes_and_a_mail(client):
    someone = alice()
    sign_in(client, someone)
    assert 'data-purpose="add"' in client.get(ADD).content.decode()
    add_passkey(client, name="わたしのスマホ")
    page = client.get("/id/otp/codes/").content.decode()
    assert "<code>" in page
    client.post("/id/otp/codes/kept/")
    page = client.get(OTP).content.decode()
    assert "わたしのスマホ" in page
    assert "パスワードなしのログイン" in page
    assert AuthEvent.objects.filter(account=someone, method="passkey_added", succeeded=True).count() == 1
    told = letters(someone.email)[-1]
    assert "パスキー" in told.subject
    assert "わたしのスマホ" in told.text


def test_a_name_with_markup_is_text_in_page_and_mail(client):
    someone = alice()
    sign_in(client, someone)
    add_passkey(client, name="<b>x</b>")
    assert "<b>x</b>" not in client.get(OTP).content.decode()
    assert "<b>x</b>" not in letters(someone.email)[-1].html


def test_what_the_browser_is_asked_for(client):
    someone = alice()
    sign_in(client, someone)
    asked = options(client, "add")
    assert asked["rp"]["id"] == "localhost"
    assert asked["attestation"] == "none"
    assert asked["authenticatorSelection"]["residentKey"] == "preferred"
    assert asked["excludeCredentials"] == []
    assert str(someone.pk) not in json.dumps(asked["user"]["id"])
    device = add_passkey(client)
    prove_again = at_localhost()
    sign_in(prove_again, someone)
    assert [each["id"] for each in options(prove_again, "add")["excludeCredentials"]] == [
        json.loads(device.make(asked))["id"]
    ]


def test_several_and_each_with_its_own_name(client):
    someone = alice()
    sign_in(client, someone)
    first = add_passkey(client, name="Phone")
    assert client.get(ADD)["Location"] == "/id/prove/"  # the best the ID has now
    prove(client, first)
    add_passkey(client, name="Key")
    assert [each.data["name"] for each in passkeys.of(someone)] == ["Phone", "Key"]


def test_last_used_is_shown():
    with time_machine.travel("2026-11-20 10:00:00+09:00", tick=False) as clock:
        client = at_localhost()
        someone = alice()
        sign_in(client, someone)
        device = add_passkey(client)
        clock.shift(3600)
        other = at_localhost()
        other.post("/id/login/passkey/", {"credential": device.prove(options(other, "login"))})
        page = other.get("/en/id/otp/").content.decode()
        assert "20 Nov 2026, 10:00 JST" in page
        assert "20 Nov 2026, 11:00 JST" in page


def test_a_passkey_belongs_to_one_id(client):
    device = Device()
    for someone, status in ((alice(), 302), (bob(), 422)):
        browser = at_localhost()
        sign_in(browser, someone)
        sent = device.make(options(browser, "add"))
        assert browser.post(ADD, {"name": "x", "credential": sent}).status_code == status


def test_an_answer_to_no_challenge_or_twice_is_refused(client):
    sign_in(client, alice())
    sent = Device().make(options(client, "add"))
    other = at_localhost()
    sign_in(other, bob())
    assert other.post(ADD, {"name": "x", "credential": sent}).status_code == 422
    options(other, "add")
    assert other.post(ADD, {"name": "x", "credential": sent}).status_code == 422


@pytest.mark.parametrize("sent", ["", "{}", "null", "[]", "x" * 30_000, '{"rawId": "AA", "response": {"clientDataJSON":'
                                  ' "e30", "attestationObject": "oA"}}'])  # fmt: skip
def test_what_no_browser_sends_is_refused_politely(client, sent):
    sign_in(client, alice())
    options(client, "add")
    answer = client.post(ADD, {"name": "Phone", "credential": sent})
    assert answer.status_code == 422
    assert 'value="Phone"' in answer.content.decode()


@pytest.mark.parametrize("name", ["", "x" * 41, " ", "a\u202eb"])
def test_a_bad_name_is_said_beside_the_field(client, name):
    someone = alice()
    sign_in(client, someone)
    answer = client.post(ADD, {"name": name, "credential": Device().make(options(client, "add"))})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not keys(someone)


def test_there_are_twenty_at_most(client, monkeypatch):
    monkeypatch.setattr(passkeys, "MOST", 1)
    someone = alice()
    sign_in(client, someone)
    device = add_passkey(client)
    client.get(ADD)
    prove(client, device)
    answer = client.post(ADD, {"name": "x", "credential": Device().make(options(client, "add"))})
    assert answer.status_code == 422
    assert len(keys(someone)) == 1


def test_renaming(client):
    someone = alice()
    sign_in(client, someone)
    add_passkey(client, name="Phone")
    path = f"/id/otp/passkeys/{keys(someone)[0]}/"
    assert 'value="Phone"' in client.get(path).content.decode()
    assert client.post(path, {"name": ""}).status_code == 422
    assert client.post(path, {"name": "Old phone"})["Location"] == OTP
    assert "Old phone" in client.get(OTP).content.decode()


def test_removing_asks_first_and_tells(client):
    someone = alice()
    sign_in(client, someone)
    device = add_passkey(client, name="Phone")
    path = f"/id/otp/passkeys/{keys(someone)[0]}/remove/"
    assert client.post(path)["Location"] == "/id/prove/"
    prove(client, device)  # the form sent is carried out now
    client.get(path)
    assert not second_factor.has_any(someone)
    assert AuthEvent.objects.filter(account=someone, method="passkey_removed").exists()
    assert "Phone" in letters(someone.email)[-1].text
    assert client.get(path).status_code == 404


def test_staff_keep_one(client):
    someone = publisher()
    second_factor.enrol_totp(someone)
    sign_in(client, someone)
    device = add_passkey(client)
    assert client.post("/id/otp/off/")["Location"] == OTP  # the passkey stays
    prove_path = f"/id/otp/passkeys/{keys(someone)[0]}/remove/"
    answer = client.get(prove_path)
    if answer.status_code == 302:
        prove(client, device)
    assert client.post(prove_path).status_code == 422
    assert keys(someone)


def test_nobody_reaches_the_passkey_of_another():
    owner = at_localhost()
    hers = alice()
    sign_in(owner, hers)
    add_passkey(owner, name="hers")
    key = keys(hers)[0]
    for person in (bob(), charlie()):
        client = at_localhost()
        sign_in(client, person)
        for path in (f"/id/otp/passkeys/{key}/", f"/id/otp/passkeys/{key}/remove/"):
            assert client.get(path).status_code == 404
            assert client.post(path, {"name": "mine"}).status_code == 404
        assert "hers" not in client.get(OTP).content.decode()
    assert passkeys.of(hers)[0].data["name"] == "hers"


def test_an_address_of_digits_leads_to_the_name_in_the_demo():
    client = Client(headers={"host": "127.0.0.1:8000"})
    sign_in(client, alice())
    page = client.get(OTP).content.decode()
    assert 'href="http://localhost:8000/id/otp/"' in page
    assert client.get(ADD)["Location"] == OTP
    assert client.post(OPTIONS, {"purpose": "add"}).status_code == 403


def test_without_script_the_page_says_so_and_offers_the_other_way(client):
    sign_in(client, alice())
    page = client.get("/en/id/otp/passkeys/add/").content.decode()
    without = page[page.index("<noscript>") : page.index("</noscript>")]
    assert "JavaScript" in without
    assert 'href="/en/id/otp/on/"' in without


def test_at_the_address_of_digits_a_passkey_is_no_way_to_prove_it(client):
    someone = alice()
    sign_in(client, someone)
    add_passkey(client)
    digits = Client(headers={"host": "127.0.0.1:8000"})
    sign_in(digits, someone)
    digits.get("/id/otp/on/")
    page = digits.get("/id/prove/").content.decode()
    assert 'data-purpose="prove"' not in page
    assert 'name="recovery_code"' in page
    recovery_codes.discard(someone)
    assert 'href="http://localhost:8000/id/prove/"' in digits.get("/id/prove/").content.decode()
