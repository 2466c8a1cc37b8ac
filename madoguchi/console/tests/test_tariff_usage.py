"""Prices of messages and what plans include of data, entered in the console with an amount and its unit."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.contracts.tests.household import service
from madoguchi.statements.models import DataAllowance, MessagePrice

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
DATED = "/en/console/tariffs/dated/"


@pytest.fixture
def desk(db, client: Client, time_machine) -> Client:
    time_machine.move_to(NOW)
    people.sign_in(client, people.staff(StaffRole.BILLING))
    return client


def entered(**more):
    usual = {"name_ja": "データ通信", "name_en": "Mobile data", "plan": "20GB", "valid_from": "2026-12-01"}
    return usual | {"included": "20 GB", "block": "1 GB", "price": "500", "tax": "standard"} | more


def test_an_allowance_is_entered_with_its_unit_and_changed_until_it_begins(desk):
    mobile = service("mobile")
    assert desk.post(f"{DATED}allowance/new/", entered(service=mobile.pk)).status_code == 302
    row = DataAllowance.objects.get()
    assert (row.included, row.block, row.price) == (20 * 10**9, 10**9, 500_000)
    page = desk.get(DATED).content.decode()
    assert "20 GB" in page
    assert "¥500 for 1 GB" in page
    form = desk.get(f"{DATED}allowance/{row.pk}/").content.decode()
    assert 'value="20 GB"' in form
    desk.post(f"{DATED}allowance/{row.pk}/", entered(service=mobile.pk, included=""))
    row.refresh_from_db()
    assert row.included is None
    assert desk.post(f"{DATED}allowance/{row.pk}/", {"remove": "1"}).status_code == 302
    assert not DataAllowance.objects.exists()


def test_an_allowance_that_has_begun_stays(desk):
    row = DataAllowance.objects.create(name_ja="定額", name_en="Flat", service=service(), valid_from="2026-11-01")
    assert desk.get(f"{DATED}allowance/{row.pk}/").status_code == 404
    assert desk.post(f"{DATED}allowance/{row.pk}/", {"remove": "1"}).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"included": "20"}, "Write an amount with its unit"),
        ({"included": "9999 TB"}, "1,000 TB or less"),
        ({"block": "0 B"}, "at least one byte"),
        ({"service": ""}, "Please choose the service."),
        ({"valid_from": "2026-10-01"}, "Earlier months are billed already"),
    ],
)
def test_what_cannot_be_meant_is_said_beside_the_field(desk, wrong, words):
    answer = desk.post(f"{DATED}allowance/new/", entered(**{"service": service("mobile").pk, **wrong}))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not DataAllowance.objects.exists()


def test_a_price_of_messages(desk):
    price = {"prefix": "8170", "kind": "mobile", "valid_from": "2026-12-01", "price": "3.3", "tax": "standard"}
    assert desk.post(f"{DATED}message/new/", price).status_code == 302
    assert MessagePrice.objects.get().price == 3_300
    assert "¥3.3" in desk.get(DATED).content.decode()
    again = desk.post(f"{DATED}message/new/", price)
    assert again.status_code == 422
    assert "There is a row from this month on already." in again.content.decode()
    assert desk.post(f"{DATED}message/new/", price | {"prefix": "+81"}).status_code == 422
