"""The page that says whether codes go out, and to whom they do not."""

import re

import pytest
from django.test import Client

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.contracts.budgets import budgets, raise_alarm
from madoguchi.contracts.contact_phone import Channel, budget_prefix
from madoguchi.contracts.models import Contract, Dispatch, Passcode
from madoguchi.contracts.tests.household import FIXED, MOBILE, household

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract() -> Contract:
    return household(holder=people.alice()).office


def send(contract: Contract, phone: str, *, typed: bool = False, state: str = "delivered") -> None:
    passcode = Passcode.make(
        sign_in=people.sign_in(Client(), contract.customer.links.get().account),
        contract=contract,
        channel=Channel.VOICE,
        language="ja",
        phone=phone,
    )
    if typed:
        Passcode.objects.filter(pk=passcode.pk).update(end=Passcode.End.REDEEMED)
    Dispatch.objects.create(passcode=passcode, phone=phone, prefix=budget_prefix(phone), state=state)


def page(prefix: str = "") -> str:
    client = Client()
    people.sign_in(client, people.staff(StaffRole.SUPPORT))
    answer = client.get(f"{prefix}/console/budgets/")
    assert answer.status_code == 200
    return answer.content.decode()


def row(text: str, name: str) -> list[str]:
    """The cells of a row, as they read."""
    found = re.search(rf"<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">{name}.*?</tr>", text, flags=re.DOTALL)
    assert found, name
    plain = re.sub(r"<span class=\"stacked__label\".*?</span>", "", found[0])
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[dh].*?</t[dh]>", plain, re.DOTALL)]


def test_nothing_sent_yet_is_said(db: None):
    assert "この24時間に送った認証番号はありません。" in page()


def test_each_prefix_has_its_rate_and_what_is_left(contract: Contract, settings):
    settings.CODES_AN_HOUR, settings.CODES_A_DAY = 10, 100
    for typed in (True, True, True, False):
        send(contract, MOBILE, typed=typed)
    send(contract, FIXED, state="failed")
    text = page("/en")
    assert row(text, "090")[1:8] == ["Open", "6", "96", "4 / 4", "3 / 4", "75%", "0"]
    assert row(text, "030")[1:8] == ["Open", "9", "99", "1 / 1", "0 / 1", "0%", "1"]
    assert MOBILE not in text
    assert "9000" not in text


def test_large_budgets_are_grouped(contract: Contract, settings):
    settings.CODES_AN_HOUR, settings.CODES_A_DAY = 3000, 30_000
    send(contract, MOBILE)
    text = page()
    assert "1時間に3,000件、24時間に30,000件" in text
    assert row(text, "090")[2:4] == ["2,999", "29,999"]


def test_what_is_cut_off_comes_first_and_is_said_above(contract: Contract, settings):
    settings.CODES_AN_HOUR = 2
    send(contract, MOBILE)
    send(contract, FIXED)
    send(contract, FIXED)
    raise_alarm(budgets(budget_prefix(FIXED))[0], budget_prefix(FIXED))
    text = page()
    assert "送信停止中：030で始まる番号" in text
    assert text.index('role="rowheader">030') < text.index('role="rowheader">090')


def test_a_budget_of_nothing_is_said(db: None, settings):
    settings.CODES_A_DAY = 0
    assert "No codes go out at all" in page("/en")
