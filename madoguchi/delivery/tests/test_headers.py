"""Addresses as envelopes take them."""

import pytest

from madoguchi.delivery.headers import Unfit, address


@pytest.mark.parametrize(
    "value",
    [
        "alice@example.jp",
        "a.b+c@sub.example.co.jp",
        '"a..b"@docomo.ne.jp',
        '"trailing."@ezweb.ne.jp',
        '"a \\" b"@example.jp',
        "x" * 64 + "@example.jp",
        "花子@example.jp",
    ],
)
def test_an_address_goes_out_as_it_is(value):
    assert address(value) == value


def test_a_japanese_domain_goes_out_as_dns_knows_it():
    assert address("alice@日本語.jp") == "alice@xn--wgv71a119e.jp"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "alice",
        "@example.jp",
        "alice@",
        "a..b@docomo.ne.jp",
        "alice@example.jp>\r\nDATA",
        "alice@example.jp\r\nRCPT TO:<bob@example.jp>",
        "a b@example.jp",
        "<alice@example.jp>",
        "花 子@example.jp",
        "花\u202e子@example.jp",
        "花\u2028子@example.jp",
        "alice@exa_mple.jp",
        "alice@.jp",
        "alice@-a.jp",
        "alice@" + "a" * 64 + ".jp",
        "a@" + "b." * 170 + "jp",
        '"a"b"@example.jp',
        "alice@日本語。.jp",
    ],
)
def test_what_no_envelope_may_hold_is_refused_without_being_shown(value):
    with pytest.raises(Unfit) as caught:
        address(value)
    assert str(caught.value) == "address"
