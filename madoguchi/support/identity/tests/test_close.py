"""``/id/profile/close/``: what goes, what stays, and that the ID is as unknown afterwards."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import Account, AuthEvent, SignIn, StaffRole, TermsAcceptance
from madoguchi.accounts.second_factor import current_code, enrol_totp
from madoguchi.accounts.tests.people import PASSWORD, alice, bob, sign_in, staff
from madoguchi.catalog.models import LegalText
from madoguchi.contracts.models import Contract, PhoneProof, TrustedDevice
from madoguchi.contracts.tests.household import household, service
from madoguchi.delivery.models import Letter
from madoguchi.notices.follow import Wishes, follow
from madoguchi.support.identity.tests.letters import letters

pytestmark = pytest.mark.django_db

PAGE = "/id/profile/close/"


@pytest.fixture
def owner(client):
    someone = alice()
    sign_in(client, someone)
    return someone


def close(client, **proof):
    """As a person does: read the page, press the button, prove it once more."""
    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE)["Location"] == "/id/prove/"
    proof = proof or {"way": "password", "password": PASSWORD}
    return client.post("/id/prove/", proof, follow=True)


def closed(account):
    account.refresh_from_db()
    return account.closed_at is not None


def test_the_password_is_asked_for_again_however_fresh_the_login_is(client, owner):
    client.get(PAGE)
    assert client.post(PAGE)["Location"] == "/id/prove/"
    assert not closed(owner)
    client.post("/id/prove/", {"way": "password", "password": "not-the-password-1"})
    client.get(PAGE)
    assert not closed(owner)


def test_opening_the_page_closes_nothing(client, owner):
    client.get(PAGE)
    client.get(PAGE)
    assert not closed(owner)


def test_it_is_closed_and_everything_personal_is_gone(client, owner):
    follow(owner, service=service(), wishes=Wishes(work=True, trouble=True))
    home = household(holder=owner)
    TrustedDevice.objects.create(account=owner, secret_digest="x", password_mark="x")
    PhoneProof.objects.create(
        account=owner, customer=home.customer, phone="+819000000001", sign_in=SignIn.objects.get(account=owner),
        expires_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    TermsAcceptance.objects.create(account=owner, kind="terms", version="1")
    other = Client()
    other.post("/id/login/", {"email": owner.email, "password": PASSWORD})
    assert other.get("/id/profile/").status_code == 200

    answer = close(client)
    assert answer.redirect_chain[-1][0] == "/id/closed/"
    assert answer.status_code == 200
    assert closed(owner)
    assert (owner.kana_name, owner.birth_date, owner.is_active) == ("", None, False)
    assert owner.email.endswith("@closed.invalid")
    assert not owner.has_usable_password()
    assert [browser.get("/id/profile/").status_code for browser in (client, other)] == [302, 302]
    assert not SignIn.objects.standing(owner).exists()
    for gone in (owner.subscriptions, owner.destinations, owner.customer_links, owner.trusted_devices):
        assert not gone.exists()
    assert not PhoneProof.objects.exists()
    assert not EmailAddress.objects.exists()
    # What stays: contracts, the evidence, and that it was closed.
    assert Contract.objects.count() == 2
    assert TermsAcceptance.objects.filter(account=owner).exists()
    assert AuthEvent.objects.get(method="closed").account == owner


def test_the_former_address_gets_a_last_mail_and_no_letter_says_whose_it_was(client, owner):
    client.post("/id/profile/language/", {"language": "en"})
    client.get("/en" + PAGE)
    client.post("/en" + PAGE)
    client.post("/en/id/prove/", {"way": "password", "password": PASSWORD}, follow=True)
    (last,) = letters("alice@example.jp")
    assert last.subject == "Your customer ID is closed"
    assert "JST" in last.text
    others = Letter.objects.exclude(address="alice@example.jp")
    assert [(letter.address, letter.personal, letter.state) for letter in others] == [("", {}, "skipped")]


def test_the_login_answers_as_for_an_unknown_address(client, owner):
    close(client)
    known = client.post("/id/login/", {"email": "alice@example.jp", "password": PASSWORD})
    unknown = client.post("/id/login/", {"email": "nobody@example.jp", "password": PASSWORD})
    strip = r"csrfmiddlewaretoken.*?>|nobody@example.jp|alice@example.jp"
    assert known.status_code == unknown.status_code == 422
    assert re.sub(strip, "", known.content.decode()) == re.sub(strip, "", unknown.content.decode())


def test_the_address_can_register_again(client, owner):
    close(client)
    again = alice()
    sign_in(client, again)
    assert client.get("/id/history/").content.decode().count("<tr") == 2  # its own login, nothing of the former ID


def test_a_second_factor_is_asked_for_where_there_is_one(client, owner):
    enrol_totp(owner)
    sign_in(client, owner, second_factor=True)
    client.get(PAGE)
    client.post(PAGE)
    client.post("/id/prove/", {"way": "password", "password": PASSWORD})
    assert not closed(owner)
    client.post("/id/prove/", {"way": "code", "code": current_code(owner)}, follow=True)
    assert closed(owner)
    assert not Authenticator.objects.exists()


def test_the_page_says_what_the_law_makes_the_operator_keep(client, owner):
    LegalText.objects.create(kind="kept", version="1", body_ja="- 請求の記録：**7年**", body_en="- Bills: 7 years")
    assert "<strong>7年</strong>" in client.get(PAGE).content.decode()
    assert "Bills: 7 years" in client.get(f"/en{PAGE}").content.decode()


def test_staff_are_closed_by_an_administrator(client):
    member = staff(StaffRole.EDITOR)
    enrol_totp(member)
    sign_in(client, member)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE).status_code == 403
    assert not closed(member)


def test_bob_stays(client, owner):
    other = bob()
    close(client)
    assert closed(owner)
    assert not closed(other)
    assert Account.objects.get(email="bob@example.jp").has_usable_password()
