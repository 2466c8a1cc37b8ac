"""The sample logins: the list of them, and the staff's one-time codes."""

from random import Random

import pytest
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.accounts.second_factor import redeem_totp
from madoguchi.demo.sample import accounts
from madoguchi.demo.sample.logins import LOGINS, PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample() -> None:
    accounts.load(now=timezone.now(), random=Random(1))


def test_every_login_has_the_printed_password(sample: None) -> None:
    for login in LOGINS:
        account = Account.objects.get(email=login.email)
        assert account.staff_role == login.staff_role
    assert account.check_password(PASSWORD)
    assert Account.objects.count() == len(LOGINS) + accounts.OTHERS


def test_codes_are_those_the_second_factor_takes(client: Client, sample: None) -> None:
    answer = client.get("/demo/authenticator.json", {"login": "publisher@aoba.example"}).json()
    publisher = Account.objects.get(email="publisher@aoba.example")
    assert redeem_totp(publisher, answer["code"])
    again = client.get("/demo/authenticator.json", {"login": "publisher@aoba.example"}).json()
    assert again["code"] != answer["code"]
    assert client.get("/demo/authenticator.json", {"login": "hanako@example.jp"}).status_code == 404


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_name_every_login(client: Client, sample: None, prefix: str) -> None:
    home = client.get(f"{prefix}/demo/").content.decode()
    assert all(login.email in home for login in LOGINS)
    assert "090-0000-0001" in home
    assert "03-0000-0003" in home
    codes = client.get(f"{prefix}/demo/authenticator/").content.decode()
    assert all(login.email in codes for login in LOGINS if login.staff_role)
