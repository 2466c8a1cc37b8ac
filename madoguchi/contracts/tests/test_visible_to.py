"""Who sees which contract."""

import pytest

from madoguchi.accounts.models import Account
from madoguchi.contracts.models import Contract, CustomerLink
from madoguchi.contracts.tests.household import contract, household

pytestmark = pytest.mark.django_db


def people() -> tuple[Account, Account, Account]:
    alice, bob, charlie = (Account.objects.create(email=f"{name}@example.jp") for name in ("alice", "bob", "charlie"))
    return alice, bob, charlie


def test_a_holder_sees_all_a_colleague_the_named_and_a_stranger_none():
    alice, bob, charlie = people()
    home = household(holder=alice, colleague=bob)
    assert set(Contract.objects.visible_to(alice)) == {home.office, home.branch}
    assert list(Contract.objects.visible_to(bob)) == [home.branch]
    assert not Contract.objects.visible_to(charlie).exists()


def test_a_contract_added_later_is_the_holders_but_not_the_colleagues():
    alice, bob, _ = people()
    home = household(holder=alice, colleague=bob)
    later = contract(home.customer, "C100000009")
    assert later in Contract.objects.visible_to(alice)
    assert later not in Contract.objects.visible_to(bob)


def test_contracts_named_in_a_holders_link_do_not_double_or_narrow_it():
    alice, bob, _ = people()
    home = household(holder=alice, colleague=bob)
    CustomerLink.objects.get(account=alice).contracts.add(home.branch)
    assert Contract.objects.visible_to(alice).count() == 2
