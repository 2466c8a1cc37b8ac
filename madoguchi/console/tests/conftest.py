"""Who meets in most tests of the console: a customer, and the member of staff who helps her."""

import pytest
from django.test import Client

from madoguchi.accounts.models import Account, StaffRole
from madoguchi.accounts.tests import people


@pytest.fixture
def alice() -> Account:
    return people.alice()


@pytest.fixture
def support(client: Client) -> Client:
    people.sign_in(client, people.staff(StaffRole.SUPPORT))
    return client
