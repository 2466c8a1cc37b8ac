"""The decorator of pages about one contract: whose it is, whether the phone is proven, and the way back."""

from importlib import import_module
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import alice, bob, charlie, sign_in
from madoguchi.contracts.models import Contract
from madoguchi.contracts.tests.household import Household, household
from madoguchi.support.mypage.access import contact_proven
from madoguchi.support.mypage.tests.walk import ask_for_code, name_phone, type_code
from tests.telephone import Telephone


@contact_proven
def records(request: HttpRequest, *, contract: Contract) -> HttpResponse:
    return HttpResponse(f"{request.method} records of {contract.number}")


urlpatterns = [path("records/<str:contract>/", records), *import_module("madoguchi.urls").urlpatterns]
handler404 = "madoguchi.shell.errors.not_found"
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def home() -> Household:
    charlie()
    return household(holder=alice(), colleague=bob())


def browser(name: str) -> Client:
    client = Client()
    sign_in(client, Account.objects.get(email__startswith=f"{name}@"))
    return client


def prove(client: Client, telephone: Telephone, phone: str = "090-0000-0001") -> Any:
    name_phone(client, phone)
    ask_for_code(client)
    return type_code(client, telephone.code())


def test_alice_is_led_through_the_code_and_back_with_her_question(home: Household, telephone: Telephone):
    hers = browser("alice")
    asked = f"/records/{home.office.number}/?month=2026-10"
    led = hers.get(asked)
    assert led.headers["Location"] == "/my/verify/"
    assert "no-store" in led.headers["Cache-Control"]
    assert prove(hers, telephone).headers["Location"] == asked
    assert hers.get(asked).text == f"GET records of {home.office.number}"


def test_one_proof_opens_every_contract_of_the_same_phone(home: Household, telephone: Telephone):
    hers = browser("alice")
    prove(hers, telephone)
    for contract in (home.office, home.branch):
        assert hers.get(f"/records/{contract.number}/").status_code == 200


def test_a_contract_with_another_phone_asks_for_that_one(home: Household, telephone: Telephone):
    Contract.objects.filter(pk=home.branch.pk).update(contact_phone="+819000000002")
    hers = browser("alice")
    prove(hers, telephone)
    other = f"/records/{home.branch.number}/"
    assert hers.get(other).headers["Location"] == "/my/verify/"
    assert "末尾が002の番号" in hers.get("/my/verify/").text
    assert name_phone(hers, "090-0000-0001").status_code == 422
    Contract.objects.filter(pk=home.branch.pk).update(contact_phone="+81300000002")
    assert name_phone(hers, "03-0000-0002").status_code == 302


def test_a_later_proof_keeps_the_earlier_one(home: Household, telephone: Telephone):
    Contract.objects.filter(pk=home.branch.pk).update(contact_phone="+819000000002")
    hers = browser("alice")
    prove(hers, telephone)
    hers.get(f"/records/{home.branch.number}/")
    prove(hers, telephone, "090-0000-0002")
    for contract in (home.office, home.branch):
        assert hers.get(f"/records/{contract.number}/").status_code == 200


def test_bob_sees_his_contract_only_even_when_proven(home: Household, telephone: Telephone):
    his = browser("bob")
    assert his.get(f"/records/{home.office.number}/").status_code == 404
    his.get(f"/records/{home.branch.number}/")
    prove(his, telephone)
    assert his.get(f"/records/{home.branch.number}/").status_code == 200
    assert his.get(f"/records/{home.office.number}/").status_code == 404


def test_for_charlie_no_contract_exists(home: Household):
    his = browser("charlie")
    assert his.get(f"/records/{home.office.number}/").status_code == 404
    assert his.get("/records/C999999999/").status_code == 404


def test_who_is_not_signed_in_logs_in_first_whether_the_contract_exists_or_not(home: Household):
    for number in (home.office.number, "C999999999"):
        assert Client().get(f"/records/{number}/").headers["Location"].startswith("/id/login/?next=")


def test_a_form_is_not_sent_again_after_the_code(home: Household, telephone: Telephone):
    hers = browser("alice")
    assert hers.post(f"/records/{home.office.number}/").headers["Location"] == "/my/verify/"
    assert prove(hers, telephone).headers["Location"] == "/my/"


def test_a_proof_ends_with_the_session(home: Household, telephone: Telephone):
    hers = browser("alice")
    prove(hers, telephone)
    hers.post("/id/logout/")
    sign_in(hers, Account.objects.get(email="alice@example.jp"))
    assert hers.get(f"/records/{home.office.number}/").headers["Location"] == "/my/verify/"


def test_a_lost_link_to_the_contract_shuts_it_at_once(home: Household, telephone: Telephone):
    his = browser("bob")
    his.get(f"/records/{home.branch.number}/")
    prove(his, telephone)
    home.branch.colleague_links.all().delete()
    assert his.get(f"/records/{home.branch.number}/").status_code == 404
    assert his.get("/my/verify/").status_code == 200
