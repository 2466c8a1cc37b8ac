import re

import pytest
from allauth.mfa.models import Authenticator

from madoguchi.accounts import recovery_codes
from madoguchi.accounts.tests.documented import table
from madoguchi.accounts.tests.people import alice, bob

pytestmark = pytest.mark.django_db


def given(someone):
    fresh = recovery_codes.draw()
    recovery_codes.keep(someone, fresh)
    return fresh.shown


def redeem(someone, typed):
    return recovery_codes.redeem(someone, recovery_codes.normal(typed))


def test_there_are_ten_and_each_counts_once():
    someone = alice()
    codes = given(someone)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([0-9a-hjkmnp-tv-z]{4}-){2}[0-9a-hjkmnp-tv-z]{4}", code) for code in codes)
    for number, code in enumerate(codes, start=1):
        assert redeem(someone, code)
        assert not redeem(someone, code)
        assert recovery_codes.left(someone) == 10 - number


def test_second_factor_secrets_stored_in_clear_no_recovery_code_is():
    """The trap: whoever copies the database holds every second factor. Each code is hashed with a salt of its own."""
    someone = alice()
    codes = given(someone)
    kept = str(Authenticator.objects.get(user=someone).data)
    for code in codes:
        assert code not in kept
        assert code.replace("-", "") not in kept
    assert len({value.split("$")[4] for value in Authenticator.objects.get(user=someone).data["codes"].values()}) == 10


def test_new_codes_replace_the_former():
    someone = alice()
    before = given(someone)
    given(someone)
    assert not redeem(someone, before[0])
    assert recovery_codes.left(someone) == 10


def test_a_code_is_its_owners_alone():
    codes = given(alice())
    other = bob()
    given(other)
    assert not redeem(other, codes[0])


def test_without_codes_none_is_right():
    assert not redeem(alice(), "3kq2-xm9f-7dw8")
    assert recovery_codes.left(Authenticator(user=bob()).user) == 0


@pytest.mark.parametrize(("typed", "read"), table("typed | read as"))
def test_codes_are_read_as_documented(typed, read):
    assert recovery_codes.normal(typed) == read.replace("no code", "")


@pytest.mark.parametrize(("typed", "read"), [("", ""), ("\0" * 12, ""), ("あいうえおかきくけこさし", "")])
def test_what_is_no_code_is_none(typed, read):
    assert recovery_codes.normal(typed) == read
