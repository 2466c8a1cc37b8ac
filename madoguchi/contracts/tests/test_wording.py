"""What a phone shows or says."""

from typing import Any

import pytest

from madoguchi.contracts import checks, wording


def test_a_text_says_whose_code_it_is_and_ends_with_the_host():
    assert wording.text_message("123456", language="ja") == (
        "【あおば通信】認証番号123456。誰にも教えないでください。\n@127.0.0.1 #123456"
    )
    assert wording.text_message("012345", language="en") == (
        "Aoba Telecom: your verification code is 012345. Never tell it to anyone.\n@127.0.0.1 #012345"
    )


def test_a_text_is_one_message(settings: Any):
    settings.SITE_URL = "https://support.aoba-telecom.example"
    assert len(wording.text_message("123456", language="ja")) <= wording.TEXT_LIMIT
    english = wording.text_message("123456", language="en")
    assert english.isascii()
    assert len(english) <= 160


@pytest.mark.parametrize(("language", "digits"), [("ja", "0、1、2、3、4、5。"), ("en", "0, 1, 2, 3, 4, 5.")])
def test_a_call_reads_the_digits_twice(language: str, digits: str):
    lines = wording.spoken("012345", language=language).splitlines()
    assert lines.count(digits) == 2
    assert len(lines) == 5


def test_a_host_too_long_for_one_message_is_reported(settings: Any):
    assert checks.text_fits(None) == []
    settings.SITE_URL = "https://support.customers.very-long-name-of-a-carrier.example"
    assert [warning.id for warning in checks.text_fits(None)] == ["contracts.W001"]
