"""Which addresses a site may register."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.provider import uris
from madoguchi.provider.forms import wrong


@pytest.mark.parametrize(
    "address",
    [
        "https://mall.example/callback",
        "https://mall.example",
        "https://mall.example:8443/a/b?tenant=1",
        "http://127.0.0.1:9000/cb",
        "http://localhost/cb",
        "http://[::1]:9000/cb",
    ],
)
def test_https_and_this_machine_are_fine(address: str) -> None:
    assert uris.checked(address) == address


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://mall.example/callback", "scheme"),
        ("http://127.0.0.1.evil.example/", "scheme"),
        ("http://localhost.evil.example/", "scheme"),
        ("custom:/callback", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("mall.example/callback", "scheme"),
        ("", "characters"),
        ("https:///callback", "host"),
        ("https://mall.example:99999/", "host"),
        ("https://[mall/", "host"),
        ("https://mall.example/callback#x", "fragment"),
        ("https://mall.example/callback#", "fragment"),
        ("https://*.mall.example/", "wildcard"),
        ("https://mall.example/*", "wildcard"),
        ("https://user@mall.example/", "user"),
        ("https://mall.example@evil.example/", "user"),
        ("https://mall.example/a/../b", "path"),
        ("https://mall.example/\\evil", "characters"),
        ("https://mall.example/a b", "characters"),
        ("https://モール.example/", "characters"),
        ("https://mall.example/\0", "characters"),
        ("https://mall.example/" + "a" * 500, "long"),
    ],
)
def test_others_are_refused_with_the_reason(address: str, reason: str) -> None:
    with pytest.raises(uris.WrongAddress) as error:
        uris.checked(address)
    assert error.value.reason == reason
    assert wrong(reason, address)


@given(st.text(max_size=60).map(lambda end: f"https://mall.example/{end}") | st.text(max_size=80))
def test_nothing_gets_through_that_could_mean_another_place(address: str) -> None:
    refused = ""
    try:
        uris.checked(address)
    except uris.WrongAddress as error:
        refused = error.reason
    assert refused in uris.REASONS or (
        uris.origin(address).isascii() and not any(mark in address for mark in "*#\\ \0")
    )
