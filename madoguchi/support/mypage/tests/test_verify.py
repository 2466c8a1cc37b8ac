"""E2 to E4 over HTTP: the phone is named, a code arrives, the code is typed."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import AuthEvent
from madoguchi.accounts.tests.people import alice, sign_in
from madoguchi.contracts.models import Contract, Passcode, PhoneProof
from madoguchi.contracts.tests.household import FIXED, FREE_DIAL, IP_PHONE, Household, household
from madoguchi.support.mypage.tests.walk import RIGHT, WRONG, ask_for_code, name_phone, other_than, type_code
from tests.telephone import Telephone

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Household:
    return household(holder=alice())


@pytest.fixture
def hers(home: Household) -> Client:
    client = Client()
    sign_in(client, home.customer.links.get().account)
    return client


def test_alice_proves_her_phone_by_text_message(hers: Client, home: Household, telephone: Telephone):
    page = hers.get("/my/verify/")
    assert page.status_code == 200
    assert "N******789" in page.text
    assert "末尾が001の番号" in page.text
    assert home.customer.number not in page.text
    assert name_phone(hers).headers["Location"] == "/my/verify/method/"
    assert ask_for_code(hers).headers["Location"] == "/my/verify/code/"
    [arrival] = telephone.arrivals()
    assert (arrival.channel, arrival.number) == ("sms", home.office.contact_phone)
    key = hers.session.session_key
    assert type_code(hers, telephone.code()).headers["Location"] == "/my/"
    assert hers.session.session_key != key
    assert home.customer.number in hers.get("/my/").text
    event = AuthEvent.objects.get(method="contact_phone")
    assert (event.succeeded, event.contract_number, event.detail) == (True, home.office.number, "sms")


def test_by_voice_the_digits_are_read_twice_in_her_language(hers: Client, telephone: Telephone):
    name_phone(hers)
    ask_for_code(hers, "voice", prefix="/en")
    [arrival] = telephone.arrivals()
    lines = arrival.text.splitlines()
    assert arrival.channel == "voice"
    assert re.fullmatch(r"\d, \d, \d, \d, \d, \d\.", lines[1])
    assert lines[3] == lines[1]
    assert settings.OPERATOR["name_en"] in lines[0]
    type_code(hers, telephone.code())
    assert PhoneProof.objects.count() == 1


@pytest.mark.parametrize("typed", ["09000000001", "０９０−００００−０００１", " (090) 0000 0001", "+81 90 0000 0001"])
def test_width_hyphens_and_spaces_do_not_matter(hers: Client, typed: str):
    assert name_phone(hers, typed).status_code == 302


@pytest.mark.parametrize("typed", ["", "090", "0900000000a", "110", "+1 202 555 0123", "９" * 60])
def test_what_is_no_phone_is_said_so_and_not_counted(hers: Client, typed: str):
    page = name_phone(hers, typed)
    assert page.status_code == 422
    assert "エラー" in page.text
    assert not AuthEvent.objects.filter(method="contact_phone").exists()


def test_a_wrong_phone_is_an_error_that_tells_nothing_about_the_right_one(hers: Client):
    near, far = name_phone(hers, "090-0000-0002"), name_phone(hers, "03-9999-9999")
    assert near.status_code == far.status_code == 422
    for page in (near, far):
        assert "ご登録の連絡先電話番号と一致しません。" in page.text
        assert "09000000001" not in page.text.replace("-", "")
    assert not Passcode.objects.exists()


def test_no_code_is_sent_before_the_phone_is_named(hers: Client, telephone: Telephone):
    assert hers.get("/my/verify/method/").headers["Location"] == "/my/verify/"
    assert ask_for_code(hers).headers["Location"] == "/my/verify/"
    assert type_code(hers, "123456").headers["Location"] == "/my/verify/"
    assert telephone.arrivals() == []


def test_the_fifth_wrong_phone_locks_the_step_for_thirty_minutes(hers: Client):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert [name_phone(hers, WRONG).status_code for _ in range(5)] == [422] * 4 + [429]
        assert name_phone(hers, RIGHT).status_code == 429
        assert hers.get("/my/verify/").status_code == 429
        clock.shift(timedelta(minutes=30, seconds=-1))
        assert name_phone(hers, RIGHT).status_code == 429
        clock.shift(timedelta(seconds=2))
        assert name_phone(hers, RIGHT).status_code == 302


@pytest.mark.parametrize(("phone", "typed"), [(FIXED, "03-0000-0003"), (IP_PHONE, "050-0000-9001")])
def test_fixed_lines_and_050_are_called_only(hers: Client, telephone: Telephone, phone: str, typed: str):
    Contract.objects.update(contact_phone=phone)
    name_phone(hers, typed)
    page = hers.get("/my/verify/method/")
    assert 'value="voice"' in page.text
    assert 'value="sms"' not in page.text
    assert ask_for_code(hers, "sms").status_code == 422
    assert ask_for_code(hers, "voice").status_code == 302
    assert telephone.arrivals()[0].channel == "voice"


def test_a_phone_no_code_can_reach_leads_to_the_operator(hers: Client):
    Contract.objects.update(contact_phone=FREE_DIAL)
    page = hers.get("/my/verify/")
    assert "この連絡先電話番号には認証番号をお送りできません" in page.text
    assert name_phone(hers, "0120-000-150").status_code == 200
    assert hers.get("/my/verify/method/").headers["Location"] == "/my/verify/"


def test_the_way_of_receiving_must_be_chosen(hers: Client):
    name_phone(hers)
    assert ask_for_code(hers, "").status_code == 422
    assert ask_for_code(hers, "pigeon").status_code == 422


def test_an_id_without_contract_is_told_what_to_do(client: Client):
    sign_in(client, alice())
    page = client.get("/my/verify/")
    assert page.status_code == 200
    assert "ご契約がまだ登録されていません" in page.text


def test_pages_are_for_who_is_signed_in_and_kept_by_nobody(client: Client, hers: Client):
    for path in ("/my/", "/my/verify/", "/my/verify/method/", "/my/verify/code/"):
        assert client.get(path).headers["Location"].startswith("/id/login/?next=")
        assert "no-store" in hers.get(path).headers["Cache-Control"]


def test_the_code_is_nowhere_but_sealed_and_digested(hers: Client, telephone: Telephone):
    name_phone(hers)
    ask_for_code(hers)
    code = telephone.code()
    passcode = Passcode.objects.get()
    assert code not in str(passcode.__dict__)
    assert code not in hers.get("/my/verify/code/").text
    type_code(hers, code)
    passcode.refresh_from_db()
    assert (passcode.end, passcode.sealed_code) == ("redeemed", None)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_step_in_both_languages(hers: Client, telephone: Telephone, prefix: str):
    assert hers.get(f"{prefix}/my/verify/").status_code == 200
    assert name_phone(hers, prefix=prefix).headers["Location"] == f"{prefix}/my/verify/method/"
    assert hers.get(f"{prefix}/my/verify/method/").status_code == 200
    assert ask_for_code(hers, prefix=prefix).headers["Location"] == f"{prefix}/my/verify/code/"
    page = hers.get(f"{prefix}/my/verify/code/")
    assert page.status_code == 200
    assert 'autocomplete="one-time-code"' in page.text
    text = telephone.arrivals()[0].text
    assert ("verification code" in text) == bool(prefix)
    assert other_than(telephone.code()) not in text
