"""ISO-2022-JP: what it carries, what becomes of the rest, and whole mails in it."""

import dataclasses
import re
from pathlib import Path

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.delivery import charset, jis
from madoguchi.delivery.models import Letter
from madoguchi.delivery.renderers import slot
from madoguchi.delivery.tests.test_compose import PLAIN, opened, spliced

_DOCUMENT = (Path(__file__).parents[3] / "docs" / "delivery.md").read_text(encoding="utf-8")
_TABLE = _DOCUMENT.partition("| typed | sent |\n|---|---|\n")[2].partition("\n\n")[0]
ROWS = [tuple(cell.strip() for cell in row.split("|")[1:3]) for row in _TABLE.splitlines()]


@pytest.mark.parametrize(("typed", "sent"), ROWS)
def test_the_table(typed: str, sent: str):
    assert jis.encode(typed).decode("iso2022_jp") == sent


@given(st.text())
def test_anything_begins_and_ends_in_ascii_and_never_leaves_two_charsets(text: str):
    encoded = jis.encode(text)
    assert encoded.isascii()
    if "\x1b" not in text:
        assert re.split(rb"(\x1b..)", encoded)[-2:-1] in ([], [b"\x1b(B"])
        assert set(re.findall(rb"\x1b..", encoded)) <= {b"\x1b$B", b"\x1b(B"}


@given(
    st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x3093)),
    st.text(st.sampled_from("あaア①～ﾊﾞ髙. ")),
    st.text(st.sampled_from("a.い\n")),
)
def test_slots_are_right_whatever_stands_around_them(before: str, value: str, after: str):
    draft = dataclasses.replace(PLAIN, text=f"{before}{slot('a')}{after}{slot('a')}\n")
    raw = spliced(draft, old=True, a=value)
    mail = opened(raw)
    assert (mail.get_content_charset(), mail["Content-Transfer-Encoding"]) == ("iso-2022-jp", "7bit")
    said = re.sub(r"(?m)^ \.", ".", mail.get_content().replace("\r\n", "\n"))
    meant = "".join(map(jis.fitting, (before, value, after, value))) + "\n"
    assert said == re.sub(r"(?m)^ \.", ".", meant)


def test_header_words_are_in_it_too():
    subject = "【工事】W-2026-000123 ①号館㈱あおば光アクセス装置の更新工事のお知らせ（髙速化）"
    raw = spliced(dataclasses.replace(PLAIN, subject=subject), old=True)
    assert b"=?ISO-2022-JP?B?" in raw
    assert b"utf-8" not in raw
    mail = opened(raw)
    assert re.sub(r"\s", "", str(mail["Subject"])) == jis.fitting(subject).replace(" ", "")
    assert mail["From"].addresses[0].display_name == "あおば通信"
    assert max(len(line) for line in raw.split(b"\r\n")) <= 76


CHOICES = re.findall(r"^\| `([a-z. ]+)` \| (short|full) \| (ja|en) \| `(\S+)` \| (\S+) \|$", _DOCUMENT, re.M)


@pytest.mark.parametrize(("chosen", "format", "language", "address", "leaves_in"), CHOICES)
def test_whose_letters_it_is_for(chosen: str, format: str, language: str, address: str, leaves_in: str):
    old = charset.is_old(charset.groups(chosen), language=language, format=format, address=address)
    assert {True: "ISO-2022-JP", False: "UTF-8"}[old] == leaves_in


def test_the_document_has_choices():
    assert len(CHOICES) == 14


@pytest.mark.parametrize("words", ["docomo vodafone", "off docomo", "short au", "on"])
def test_a_choice_that_names_nobody_is_refused(words: str):
    with pytest.raises(ValueError, match="no group and no domain"):
        charset.groups(words)


def test_a_mail_with_html_never_is():
    assert opened(spliced(PLAIN)).get_content_charset() == "utf-8"
    assert opened(spliced(dataclasses.replace(PLAIN, html="<p>x</p>"), old=True)).is_multipart()


@pytest.mark.django_db(transaction=True)
def test_one_mailing_leaves_in_both(mailing, work, receiver):
    with override_settings(ISO_2022_JP=charset.groups("docomo")):
        made = mailing(0)
        for number, address in enumerate(("a@docomo.ne.jp", "b@ezweb.ne.jp", "c@docomo.ne.jp")):
            Letter.objects.create(
                mailing=made,
                recipient_key=str(number),
                address=address,
                language="ja",
                format="short",
                personal={"name": "花子", "token": "t"},
            )
        work(receiver.url, lambda: made.progress() == {"sent": 3})
    charsets = {mail["To"].addresses[0].addr_spec: mail.get_content_charset() for mail in receiver.mails()}
    assert charsets == {"a@docomo.ne.jp": "iso-2022-jp", "b@ezweb.ne.jp": "utf-8", "c@docomo.ne.jp": "iso-2022-jp"}
