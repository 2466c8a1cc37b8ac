"""What many do at once: threads with connections of their own, nothing rolled back."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from madoguchi.accounts import recovery_codes
from madoguchi.accounts.limits import Limit, TooMany, take
from madoguchi.accounts.second_factor import current_code, enrol_totp, redeem_totp
from madoguchi.accounts.tests.people import publisher

FIVE = Limit("five", 5, timedelta(days=1))
THREADS = 8


def at_once(act: Callable[[], Any]) -> Iterator[Any]:
    def alone(_number: int) -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        return threads.map(alone, range(THREADS))


@pytest.mark.django_db(transaction=True)
def test_no_try_slips_past_a_limit():
    def try_once() -> bool:
        try:
            take(FIVE, "alice@example.jp")
        except TooMany:
            return False
        return True

    assert sum(at_once(try_once)) == 5


@pytest.mark.django_db(transaction=True)
def test_a_code_is_redeemed_once():
    someone = publisher()
    enrol_totp(someone)
    code = current_code(someone)
    assert sum(at_once(lambda: redeem_totp(someone, code))) == 1


@pytest.mark.django_db(transaction=True)
def test_a_recovery_code_is_redeemed_once():
    someone = publisher()
    fresh = recovery_codes.draw()
    recovery_codes.keep(someone, fresh)
    code = recovery_codes.normal(fresh.shown[0])
    assert sum(at_once(lambda: recovery_codes.redeem(someone, code))) == 1
    assert recovery_codes.left(someone) == 9
