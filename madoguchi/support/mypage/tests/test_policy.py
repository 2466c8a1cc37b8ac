"""What the operator's policy takes as proof before call records: 050 numbers or not, a second factor or not."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from madoguchi.accounts import assurance
from madoguchi.accounts.assurance import Level
from madoguchi.accounts.models import Account, AuthEvent, SignIn
from madoguchi.accounts.second_factor import enrol_totp
from madoguchi.accounts.tests.people import alice, sign_in
from madoguchi.contracts.models import Contract
from madoguchi.contracts.tests.household import IP_PHONE, Household, household
from madoguchi.support.mypage.tests.walk import ask_for_code, name_phone, type_code
from tests.telephone import Telephone

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Household:
    return household(holder=alice())


def browser(*, second_factor: bool = False) -> Client:
    sign_in(client := Client(), Account.objects.get(), second_factor=second_factor)
    return client


def level(client: Client) -> Level:
    return assurance.standing(SignIn.objects.get(pk=client.session["sign_in"])).level


def proven(client: Client) -> bool:
    return client.get("/my/verify/").status_code == 302


def on_050(client: Client, telephone: Telephone, **more: str) -> None:
    Contract.objects.update(contact_phone=IP_PHONE)
    name_phone(client, "050-0000-9001")
    ask_for_code(client, "voice")
    type_code(client, telephone.code(), **more)


def test_a_050_number_opens_call_records_on_a_lower_rung(home: Household, telephone: Telephone):
    hers = browser()
    on_050(hers, telephone, remember="on")
    assert proven(hers)
    assert level(hers) == Level.CONTACT_VOIP
    assert AuthEvent.objects.get(method="contact_phone").detail == "ip_phone"
    sign_in(hers, Account.objects.get())
    assert proven(hers), "by the remembered device"
    assert level(hers) == Level.CONTACT_VOIP, "which is worth no more than what it proved"


def test_where_050_is_not_accepted_the_page_says_so_and_what_to_do(
    home: Household, telephone: Telephone, settings: Any
):
    hers = browser()
    on_050(hers, telephone, remember="on")
    settings.ACCEPT_IP_PHONE = False
    assert not proven(hers), "neither what was proven before nor the remembered device helps"
    page = hers.get("/my/verify/")
    assert "050の番号には認証番号をお送りしていません" in page.text
    assert "お問い合わせ" in page.text or "マイページ" in page.text
    assert ask_for_code(hers, "voice").headers["Location"] == "/my/verify/"
    assert hers.post("/my/verify/code/resend/").headers["Location"] == "/my/verify/"
    assert len(telephone.arrivals()) == 1


@pytest.mark.parametrize("profile", ["classic", "strict"])
def test_a_phone_never_makes_two_factors(home: Household, telephone: Telephone, settings: Any, profile: str):
    settings.SECURITY_PROFILE = profile
    hers = browser()
    name_phone(hers)
    ask_for_code(hers)
    type_code(hers, telephone.code())
    assert level(hers) == Level.CONTACT
    found = assurance.standing(SignIn.objects.get(pk=hers.session["sign_in"]))
    assert not found.meets(Level.MFA)
    assert "mfa" not in found.amr


def test_a_second_factor_is_no_phone_unless_the_policy_says_so(home: Household, settings: Any):
    hers = browser(second_factor=True)
    assert not proven(hers)
    settings.CONTACT_PROOF_BY = ["phone", "factor"]
    assert proven(hers)


def test_the_second_factor_is_fresh_for_as_long_as_a_phone(home: Household, settings: Any):
    settings.CONTACT_PROOF_BY = ["phone", "factor"]
    with time_machine.travel(timezone.now(), tick=False) as clock:
        hers = browser(second_factor=True)
        clock.shift(timedelta(minutes=settings.CONTACT_PROOF_MINUTES, seconds=-1))
        assert proven(hers)
        clock.shift(timedelta(seconds=2))
        assert not proven(hers)


def test_who_has_an_authenticator_is_offered_it_instead_of_a_call(home: Household, telephone: Telephone, settings: Any):
    settings.CONTACT_PROOF_BY = ["phone", "factor"]
    hers = browser()
    assert "認証アプリまたはパスキーを使う" not in hers.get("/my/verify/").text
    enrol_totp(Account.objects.get())
    assert "認証アプリまたはパスキーを使う" in hers.get("/my/verify/").text
    assert hers.post("/my/verify/factor/").headers["Location"] == "/id/prove/"
    AuthEvent.objects.create(
        account=Account.objects.get(), sign_in=SignIn.objects.get(), method=AuthEvent.Method.TOTP, succeeded=True
    )
    assert proven(hers)
    assert telephone.arrivals() == []


def test_without_that_policy_the_way_is_closed(home: Household):
    enrol_totp(Account.objects.get())
    hers = browser()
    assert "認証アプリ" not in hers.get("/my/verify/").text
    assert hers.post("/my/verify/factor/").headers["Location"] == "/my/verify/"
