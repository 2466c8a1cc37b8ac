"""The sample customers: how many, who sees what, and that no number is anybody's."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from madoguchi.accounts.models import Account
from madoguchi.catalog.models import Category, Service
from madoguchi.contracts.models import Contract, Customer, TelephoneNumber
from madoguchi.demo.sample import accounts, contracts
from madoguchi.demo.sample.logins import HOUSEHOLDS, LOGINS, UNLINKED_NUMBER, UNLINKED_PHONE

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture
def sample(db: None) -> None:
    category = Category.objects.create(slug="voice", name_ja="電話", name_en="Voice")
    for slug in {service for _, service, _ in contracts.OFFERS}:
        Service.objects.create(slug=slug, category=category, kana=slug, for_individuals=True, for_companies=True)
    logins = ("hanako@example.jp", "jiro@example.jp", "saburo@example.com", "new@example.jp")
    for email in (*logins, *(email for email, *_ in HOUSEHOLDS)):
        Account.objects.create(email=email)
    contracts.load(now=NOW, random=Random(1))


def seen_by(email: str) -> Counter[str]:
    return Counter(
        Contract.objects.visible_to(Account.objects.get(email=email)).values_list("usage_kind", flat=True),
    )


@pytest.mark.usefixtures("sample")
def test_there_are_as_many_customers_and_contracts_as_the_demo_promises():
    assert (Customer.objects.count(), Contract.objects.count()) == (200, 600)
    assert set(Contract.objects.values_list("usage_kind", flat=True)) == {
        "internet",
        "optical",
        "phone",
        "mobile",
        "ip050",
    }


@pytest.mark.usefixtures("sample")
def test_each_sample_login_sees_its_own():
    assert seen_by("hanako@example.jp") == {"ip050": 2, "mobile": 1, "internet": 1}
    assert seen_by("jiro@example.jp") == {"ip050": 1}
    assert seen_by("saburo@example.com") == {"optical": 1}
    assert seen_by("customer01@example.jp") == {"optical": 1}
    assert seen_by("new@example.jp") == {}
    hers = Contract.objects.visible_to(Account.objects.get(email="hanako@example.jp"))
    assert all(contract.telephone_numbers.count() > 1 for contract in hers.filter(usage_kind="ip050"))


@pytest.mark.usefixtures("sample")
def test_the_customer_number_on_the_demo_page_has_contracts_that_nobody_has_linked():
    free = Contract.objects.filter(customer__number=UNLINKED_NUMBER, customer__links=None)
    assert set(free.values_list("contact_phone", flat=True)) == {UNLINKED_PHONE}
    assert free.in_force().count() == 2


@pytest.mark.usefixtures("sample")
def test_every_number_is_fictitious_and_held_once():
    held = list(TelephoneNumber.objects.values_list("number", flat=True))
    assert len(held) == len(set(held))
    assert all("0000" in number for number in held)
    phones = set(Contract.objects.values_list("contact_phone", flat=True))
    assert all("0000" in number for number in phones)
    assert not phones & {number for number in held if not number.startswith("+8170")}


@pytest.mark.usefixtures("sample")
def test_a_household_is_called_as_its_id():
    saburo = next(login for login in LOGINS if login.email == "saburo@example.com")
    called = {saburo.email: f"{saburo.family_name_kana} {saburo.given_name_kana}"}
    for number in range(1, len(HOUSEHOLDS) + 1):
        somebody = accounts._somebody(number, now=NOW, random=Random(1))
        called[somebody.email] = somebody.kana_name
    for email, name in called.items():
        assert Customer.objects.get(links__account__email=email).name_kana == name


def test_a_plan_does_not_say_again_what_the_name_of_its_service_says():
    catalog = json.loads((Path(contracts.__file__).parent / "catalog.json").read_text())
    names = {service["slug"]: service["name_en"] for service in catalog["services"]}
    for _, service, plan in contracts.OFFERS:
        assert not set(contracts.PLANS_EN[plan].split()) & set(names[service].split()), plan
