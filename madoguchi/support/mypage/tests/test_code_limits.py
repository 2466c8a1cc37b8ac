"""How often codes are sent, to a number, for an ID, from a network and by the operator; and when tries pause."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.tests.people import sign_in
from madoguchi.contracts import limits
from madoguchi.contracts.models import Contract, CustomerLink, Dispatch, Passcode
from madoguchi.contracts.tests.household import Household
from madoguchi.delivery.models import Letter
from madoguchi.delivery.renderers import render
from madoguchi.support.mypage.tests.walk import arrived, ask_for_code, name_phone, other_than, resend, type_code
from tests.telephone import Telephone

pytestmark = pytest.mark.django_db


def test_five_codes_an_hour_to_one_number(home: Household, telephone: Telephone, clock: Any):
    hers = arrived()
    for _ in range(4):
        clock.shift(timedelta(minutes=2))
        assert resend(hers).status_code == 302
    clock.shift(timedelta(minutes=2))
    page = resend(hers)
    assert page.status_code == 429
    assert "上限に達しました" in page.text
    assert len(telephone.arrivals()) == 5
    clock.shift(timedelta(minutes=50, seconds=1))
    assert resend(hers).status_code == 302


@pytest.mark.parametrize(("prefix", "from_then_on"), [("", "13:30 JSTから"), ("/en", "from 22 Nov 2026, 13:30 JST")])
def test_the_page_says_when_codes_can_be_asked_for_again_and_is_right(
    home: Household, telephone: Telephone, clock: Any, prefix: str, from_then_on: str
):
    clock.move_to(datetime(2026, 11, 22, 3, 29, 20, tzinfo=UTC))
    hers = arrived()
    for _ in range(4):
        clock.shift(timedelta(seconds=61))
        assert resend(hers).status_code == 302
    # The fifth went out a moment ago: what is said is not the pause of a minute but what lasts longer.
    page = hers.get(f"{prefix}/my/verify/code/").text
    assert from_then_on in page
    assert "data-seconds" not in page
    assert from_then_on in hers.post(f"{prefix}/my/verify/code/resend/").text
    clock.move_to(datetime(2026, 11, 22, 4, 30, tzinfo=UTC))
    assert resend(hers).status_code == 302


def test_of_two_limits_the_later_end_is_said(home: Household, telephone: Telephone, clock: Any):
    clock.move_to(datetime(2026, 11, 21, 13, 40, tzinfo=UTC))
    for _ in range(5):
        arrived("bob@example.jp")
        clock.shift(timedelta(minutes=20))
    clock.move_to(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
    hers = arrived()
    for _ in range(4):
        clock.shift(timedelta(minutes=2))
        assert resend(hers).status_code == 302
    clock.shift(timedelta(minutes=2))
    # The five of this hour leave room again at 22:00, the ten of this day at 22:40.
    assert "22:40 JSTから" in resend(hers).text


def test_ten_codes_a_day_to_one_number_over_all_ids(home: Household, telephone: Telephone, clock: Any):
    for turn in range(10):
        arrived("alice@example.jp" if turn % 2 else "bob@example.jp")
        clock.shift(timedelta(minutes=20))
    assert Dispatch.objects.count() == 10
    sign_in(client := Client(), Account.objects.get(email="alice@example.jp"))
    name_phone(client)
    page = ask_for_code(client)
    assert page.status_code == 429
    assert "上限に達しました" in page.text
    clock.shift(timedelta(hours=20, minutes=40, seconds=1))
    sign_in(client, Account.objects.get(email="alice@example.jp"))
    name_phone(client)
    assert ask_for_code(client).status_code in (302, 429)
    assert Dispatch.objects.count() == 11


@pytest.mark.parametrize("hours", [1, 24])
def test_the_operators_budget_cuts_off(home: Household, telephone: Telephone, clock: Any, settings: Any, hours: int):
    setattr(settings, "CODES_AN_HOUR" if hours == 1 else "CODES_A_DAY", 1)
    hers = arrived()
    clock.shift(timedelta(seconds=61))
    page = resend(hers)
    assert page.status_code == 429
    assert "ただいま認証番号をお送りできません" in page.text
    assert len(telephone.arrivals()) == 1
    clock.shift(timedelta(hours=hours))
    assert arrived().get("/my/verify/code/").status_code == 200
    assert len(telephone.arrivals()) == 2


def test_over_its_sms_limit_a_page_with_429_and_no_orphan_row(home: Household, telephone: Telephone, settings: Any):
    settings.CODES_AN_HOUR = 0
    sign_in(client := Client(), Account.objects.get(email="alice@example.jp"))
    name_phone(client)
    page = ask_for_code(client)
    assert page.status_code == 429
    assert "ただいま認証番号をお送りできません" in page.text
    assert not Passcode.objects.exists()
    assert not Dispatch.objects.exists()
    assert telephone.arrivals() == []


def test_180_sms_an_hour_from_one_address_to_different_numbers(home: Household, telephone: Telephone, settings: Any):
    settings.CODES_AN_HOUR = 1000
    answers = []
    for number in range(limits.A_NETWORK.tries + 5):
        if number % limits.AN_ID_AN_HOUR == 0:  # an ID may ask ten times an hour; somebody has many of them
            holder = Account.objects.create_account(f"mallory{number}@example.net", "aoi-madoguchi-1")
            CustomerLink.objects.create(account=holder, customer=home.customer, role=CustomerLink.Role.HOLDER)
            sign_in(client := Client(), holder)
        Contract.objects.update(contact_phone=f"+8190{number:08d}")
        name_phone(client, f"090{number:08d}")
        answers.append(ask_for_code(client).status_code)
    assert answers == [302] * limits.A_NETWORK.tries + [429] * 5
    assert Dispatch.objects.count() == Passcode.objects.count() == limits.A_NETWORK.tries


def test_an_id_asks_ten_times_an_hour_whatever_the_number(home: Household, telephone: Telephone, clock: Any):
    sign_in(client := Client(), Account.objects.get(email="alice@example.jp"))
    for number in range(11):
        Contract.objects.update(contact_phone=f"+8190{number:08d}")
        name_phone(client, f"090{number:08d}")
        page = ask_for_code(client)
    assert page.status_code == 429
    assert "このIDでは、認証番号の送信が上限に達しました" in page.text
    assert Dispatch.objects.count() == 10


@pytest.mark.parametrize(("hours", "setting"), [(1, "CODES_AN_HOUR"), (24, "CODES_A_DAY")])
def test_a_spent_budget_alarms_the_staff_once_a_period(  # noqa: PLR0917
    home: Household, telephone: Telephone, clock: Any, settings: Any, caplog: Any, hours: int, setting: str
):
    setattr(settings, setting, 1)
    settings.ALARM_ADDRESS = "duty@aoba.example"
    hers = arrived()
    for _ in range(3):
        clock.shift(timedelta(seconds=61))
        assert resend(hers).status_code == 429
    [letter] = Letter.objects.filter(address="duty@aoba.example")
    draft = render(letter.mailing.renderer, letter.mailing.reference, "ja", "full")
    assert "090で始まる番号" in draft.subject
    assert f"直近{hours}時間の送信は1件、上限は1件" in draft.text
    assert "/console/budgets/" in draft.text
    said = draft.subject + draft.text + caplog.text
    assert caplog.text.count("codes_budget_spent") == 1
    for secret in ("90000", "0000-0001", telephone.code()):
        assert secret not in said
    clock.shift(timedelta(hours=hours))
    hers = arrived()
    clock.shift(timedelta(seconds=61))
    assert resend(hers).status_code == 429
    assert Letter.objects.filter(address="duty@aoba.example").count() == 2


def test_another_prefix_has_a_budget_of_its_own(home: Household, telephone: Telephone, settings: Any):
    settings.CODES_AN_HOUR = 1
    arrived()
    Contract.objects.update(contact_phone="+81300000003")
    sign_in(client := Client(), Account.objects.get(email="alice@example.jp"))
    name_phone(client, "03-0000-0003")
    assert ask_for_code(client, "voice").status_code == 302


def test_ten_wrong_codes_in_a_day_pause_the_id(home: Household, telephone: Telephone, clock: Any):
    for _ in range(2):
        hers = arrived()
        for _ in range(5):
            page = type_code(hers, other_than(telephone.code()))
        clock.shift(timedelta(minutes=10))
    assert page.status_code == 429
    assert "認証番号の間違いが続きました" in page.text
    assert AuthEvent.objects.filter(detail="wrong_code").count() == 10
    name_phone(hers)
    assert ask_for_code(hers).status_code == 429
    assert resend(hers).status_code == 429
    assert hers.get("/my/verify/").status_code == 429
    assert len(telephone.arrivals()) == 2
    clock.shift(timedelta(days=1))
    assert arrived().get("/my/verify/code/").status_code == 200


def test_a_pause_is_the_ids_own(home: Household, telephone: Telephone, clock: Any):
    for _ in range(2):
        hers = arrived()
        for _ in range(5):
            type_code(hers, other_than(telephone.code()))
        clock.shift(timedelta(minutes=2))
    his = arrived("bob@example.jp")
    assert type_code(his, telephone.code()).status_code == 302
