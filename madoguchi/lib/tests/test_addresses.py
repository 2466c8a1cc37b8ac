import re
from pathlib import Path

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.lib.addresses import LONGEST, BadAddress, envelope, normal_address

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "identity.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([^`]+)` \| (`[^`]+`|refused: \S+) \|$", re.M)
ASCII, _, WIDE = DOCUMENT.partition("## Addresses")[2].partition("| typed, where relays take them")
ADDRESSES = [(*row, wide) for wide, part in ((False, ASCII), (True, WIDE)) for row in ROW.findall(part)]


def test_the_document_has_addresses():
    assert len(ADDRESSES) >= 20


@pytest.mark.parametrize(("typed", "answer", "wide"), ADDRESSES)
def test_addresses_as_the_document_says(typed, answer, wide, settings):
    settings.SMTPUTF8 = wide
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
        ("花" * 22 + "@example.jp", "length"),
        ("\u3099花@example.jp", "form"),
    ],
)
def test_what_no_mail_can_reach_is_refused(typed, why, settings):
    settings.SMTPUTF8 = True
    with pytest.raises(BadAddress) as refusal:
        normal_address(typed)
    assert refusal.value.why == why


def test_the_longest_address_is_taken():
    domain = ".".join(["a" * 60] * 3) + ".jp"
    address = "x" * (LONGEST - len(domain) - 1) + "@" + domain
    assert len(address) == 254 or len(address.partition("@")[0]) <= 64
    longest = "x" * 64 + "@" + ".".join(["a" * 61, "b" * 61, "c" * 61]) + ".jp"
    assert normal_address(longest) == longest


LETTERS = st.text(st.characters(categories=["L", "M", "N"]), min_size=1, max_size=12)


@given(st.text(max_size=80) | st.emails() | LETTERS.map("{}@example.jp".format), st.booleans())
def test_any_text_is_kept_once_and_for_all_or_refused(typed, wide):
    with override_settings(SMTPUTF8=wide):
        try:
            kept = normal_address(typed)
        except BadAddress:
            return
        assert kept.isascii() or wide
        assert kept.rpartition("@")[2].isascii()
        assert kept.isprintable()
        assert normal_address(kept) == kept
    assert headers_take(envelope(kept))


def headers_take(address: str) -> bool:
    """Whether it fits on a header's line as it is."""
    return address.isprintable() and len(address.encode()) <= LONGEST


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
