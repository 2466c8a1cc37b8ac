"""A household, its people, and Alice's browser with the contact phone proven, on 22 November 2026."""

from datetime import datetime

import pytest

from madoguchi.accounts.tests.people import alice, bob, charlie, sign_in
from madoguchi.contracts.tests.household import household
from madoguchi.support.charges.tests.month import prove


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(datetime.fromisoformat("2026-11-22T10:00:00+09:00"))


@pytest.fixture
def people(db):
    return alice(), bob(), charlie()


@pytest.fixture
def home(people):
    return household(holder=people[0], colleague=people[1])


@pytest.fixture
def hers(client, people, home):
    """Alice's browser, the contact phone proven."""
    sign_in(client, people[0])
    prove(client, people[0], home.office)
    return client
