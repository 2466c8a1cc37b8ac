"""What a proven phone entitles an ID to, by the table of ``docs/verification.md``."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client, RequestFactory

from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import alice, charlie, sign_in
from madoguchi.contracts import linking
from madoguchi.contracts.models import Contract, CustomerLink
from madoguchi.contracts.tests.documented import rows
from madoguchi.contracts.tests.household import FIXED, household

pytestmark = pytest.mark.django_db
SEES = {"all": 2, "the contracts with that phone": 1, "the contracts with either": 2}


def request(account: Account) -> HttpRequest:
    made = RequestFactory().post("/")
    made.user = account
    made.sign_in = sign_in(Client(), account)  # type: ignore[attr-defined]
    made.session = SessionStore()
    made.session.create()
    return made


@pytest.mark.parametrize("row", rows("Linking contracts"), ids=lambda row: " / ".join(row[:3]))
def test_the_documented_rights(row: list[str]):
    holder, phones, proven, role, sees = row
    somebody, charlies = alice(), charlie()
    home = household(holder=charlies if holder == "this ID" else somebody)
    if holder == "nobody":
        CustomerLink.objects.all().delete()
    if phones == "two":
        Contract.objects.filter(pk=home.branch.pk).update(contact_phone=FIXED)
        home.branch.refresh_from_db()
    his = request(charlies)
    for contract in (home.office, home.branch) if proven == "both" else (home.office,):
        linking.link(his, contract)
    link = CustomerLink.objects.get(account=charlies)
    assert link.role == role
    assert list(link.contracts.all()) == [] or role == "colleague"
    seen = Contract.objects.visible_to(charlies)
    # With one phone, all contracts have it.
    assert seen.count() == (SEES[sees] if phones == "two" else 2)


def test_two_who_link_become_one_holder_and_one_colleague():
    home = household(holder=alice())
    CustomerLink.objects.all().delete()
    first, second = charlie(), Account.objects.create(email="dora@example.com")
    linking.link(request(first), home.office)
    linking.link(request(second), home.office)
    assert dict(CustomerLink.objects.values_list("account__email", "role")) == {
        "charlie@example.com": "holder",
        "dora@example.com": "colleague",
    }
