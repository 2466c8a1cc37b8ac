"""Many registering one address, and many opening one link, at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from madoguchi.accounts import limits
from madoguchi.accounts.models import Account, Registration
from madoguchi.support.identity.tests.entering import FORM, PASSWORD, enter, register

# As many as one network may ask of one address.
THREADS = limits.REGISTRATION_SHARE.tries


def at_once(act: Callable[[], Any]) -> list[Any]:
    def alone(_number: int) -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(alone, range(THREADS)))


@pytest.mark.django_db(transaction=True)
def test_one_address_has_one_open_link_however_many_register_it():
    def once() -> int:
        client = Client()
        enter(client)
        return client.post("/id/register/confirm/").status_code

    assert at_once(once) == [302] * THREADS
    assert Registration.objects.filter(end="").count() == 1
    assert Registration.objects.filter(end="superseded").count() == THREADS - 1


@pytest.mark.django_db(transaction=True)
def test_one_link_makes_one_account_however_often_it_is_pressed():
    path = register(Client())
    answers = at_once(lambda: Client().post(path, {"password": PASSWORD}).status_code)
    # A press that finds five others under way counts as one too many; none of them makes a second account.
    assert answers.count(302) == 1
    assert set(answers) == {302, 410}
    assert Account.objects.get().email == FORM["email"]
