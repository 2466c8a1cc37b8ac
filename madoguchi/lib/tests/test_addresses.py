import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.lib.addresses import LONGEST, BadAddress, envelope, normal_address

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "identity.md").read_text(encoding="utf-8")
ADDRESSES = re.findall(r"^\| `([^`]+)` \| (`[^`]+`|refused: \S+) \|$", DOCUMENT.partition("## Addresses")[2], re.M)


def test_the_document_has_addresses():
    assert len(ADDRESSES) >= 6


@pytest.mark.parametrize(("typed", "answer"), ADDRESSES)
def test_addresses_as_the_document_says(typed, answer):
    if answer.startswith("refused: "):
        with pytest.raises(BadAddress) as refusal:
            normal_address(typed)
        assert refusal.value.why == answer.removeprefix("refused: ")
    else:
        assert normal_address(typed) == answer.strip("`")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("x" * 65 + "@example.jp", "length"),
        ("x@" + ".".join(["a" * 50] * 5) + ".jp", "length"),
        ("a\0@example.jp", "characters"),
        ("a\u200b@example.jp", "characters"),
        ("a@example.jp\r\nBcc: b@example.jp", "characters"),
        ("a@" + "x" * 64 + ".jp", "form"),
        ("", "form"),
        ("@", "form"),
    ],
)
def test_what_no_mail_can_reach_is_refused(typed, why):
    with pytest.raises(BadAddress) as refusal:
        normal_address(typed)
    assert refusal.value.why == why


def test_the_longest_address_is_taken():
    domain = ".".join(["a" * 60] * 3) + ".jp"
    address = "x" * (LONGEST - len(domain) - 1) + "@" + domain
    assert len(address) == 254 or len(address.partition("@")[0]) <= 64
    longest = "x" * 64 + "@" + ".".join(["a" * 61, "b" * 61, "c" * 61]) + ".jp"
    assert normal_address(longest) == longest


@given(st.text(max_size=80) | st.emails())
def test_any_text_is_kept_once_and_for_all_or_refused(typed):
    try:
        kept = normal_address(typed)
    except BadAddress:
        return
    assert kept.isascii()
    assert kept.isprintable()
    assert normal_address(kept) == kept


@pytest.mark.parametrize(
    ("kept", "sent"),
    [
        ("a..b@docomo.ne.jp", '"a..b"@docomo.ne.jp'),
        ("kaze.@ezweb.ne.jp", '"kaze."@ezweb.ne.jp'),
        (".umi@au.com", '".umi"@au.com'),
        ("a.b@docomo.ne.jp", "a.b@docomo.ne.jp"),
        ('"a..b"@docomo.ne.jp', '"a..b"@docomo.ne.jp'),
    ],
)
def test_an_old_mobile_address_goes_out_quoted(kept, sent):
    assert envelope(kept) == sent
    assert normal_address(sent) == normal_address(kept) == kept.replace('"', "")


@given(st.from_regex(r"[a-z.]{1,12}", fullmatch=True))
def test_every_dotted_address_of_docomo_is_one_address(local):
    address = f"{local}@docomo.ne.jp"
    assert normal_address(address) == address
    assert normal_address(envelope(address)) == address
