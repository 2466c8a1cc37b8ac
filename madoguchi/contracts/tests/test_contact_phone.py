"""Kinds of number by the documented table; what is typed, shown and hidden."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.contracts import contact_phone
from madoguchi.contracts.contact_phone import Channel, PhoneKind
from madoguchi.contracts.tests.documented import rows


def e164(number: str) -> str:
    parsed = phonenumbers.parse(number, "JP")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


@pytest.mark.parametrize(("number", "kind", "sms", "voice"), [row[:4] for row in rows("Kinds of number")])
def test_the_documented_kinds(number: str, kind: str, sms: str, voice: str):
    phone = e164(number)
    assert contact_phone.kind(phone) == kind
    assert (Channel.SMS in contact_phone.channels(phone)) == (sms == "yes")
    assert (Channel.VOICE in contact_phone.channels(phone)) == (voice == "yes")


@pytest.mark.parametrize(
    "typed",
    [
        "09012345678",
        "090-1234-5678",
        "０９０１２３４５６７８",
        "０９０－１２３４ー５６７８",
        "(090) 1234 5678",
        "+819012345678",
    ],
)
def test_ways_of_typing_one_number(typed: str):
    assert contact_phone.normalised(typed) == "+819012345678"


@pytest.mark.parametrize(
    "typed", ["", "110", "9012345678", "090123456789", "0901234567x", "+12025550123", "０９０¹２³"]
)
def test_what_is_no_number(typed: str):
    assert contact_phone.normalised(typed) is None


@given(st.text(max_size=40))
def test_anything_typed_is_a_home_number_or_none(typed: str):
    phone = contact_phone.normalised(typed)
    assert phone is None or (phone.startswith("+81") and phone[1:].isascii() and phone[1:].isdigit())


@given(st.integers(min_value=10**8, max_value=10**10 - 1))
def test_every_number_has_a_kind_and_hides_all_but_three_digits(national: int):
    phone = f"+81{national}"
    assert contact_phone.kind(phone)
    assert contact_phone.masked(phone) == "*" * (len(str(national)) + 1 - 3) + phone[-3:]
    assert contact_phone.hint(phone) == phone[-3:]
    assert contact_phone.display(phone).replace("-", "").endswith(str(national))


@given(st.integers(min_value=0, max_value=10**8 - 1))
def test_every_050_number_is_an_ip_phone(rest: int):
    assert contact_phone.kind(f"+8150{rest:08d}") == PhoneKind.IP_PHONE


@given(st.integers(min_value=0, max_value=10**8 - 1), st.sampled_from("6789"))
def test_no_mobile_number_is_an_ip_phone(rest: int, first: str):
    assert contact_phone.kind(f"+81{first}0{rest:08d}") in (PhoneKind.MOBILE, PhoneKind.FREE_DIAL)  # 0800
