"""A site, and a customer who is signed in and allowed it everything."""

import pytest

from madoguchi.accounts.tests.people import alice
from madoguchi.provider.tests.sites import Customer, Program, consent, mall, same_keys


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    same_keys(monkeypatch)


@pytest.fixture
def shop(db: object) -> Program:
    return Program(*mall())


@pytest.fixture
def customer(shop: Program) -> Customer:
    made = Customer(alice())
    consent(made.account, shop.site, "openid email profile offline_access")
    return made
