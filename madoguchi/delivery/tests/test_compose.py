"""Composed messages: opened by a strict parser, whatever fills them."""

import dataclasses
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.delivery import compose as composing
from madoguchi.delivery.compose import compose, message_id
from madoguchi.delivery.headers import Unfit
from madoguchi.delivery.renderers import Draft, slot
from madoguchi.delivery.tests.conftest import notice

STRICT = SMTP.clone(raise_on_defect=True)
LETTER = {
    composing.TO: "alice@example.jp",
    composing.DATE: "Sun, 22 Nov 2026 14:05:00 +0900",
    composing.MESSAGE_ID: "<1.abc@aoba.example>",
}
PLAIN = Draft(subject="Subject", text="text", html=None, sender="notice@aoba.example")


def spliced(draft: Draft, *, language: str = "ja", old: bool = False, **values: str) -> bytes:
    return compose(draft, language=language, feedback_id="1:test:madoguchi", old=old).splice({**LETTER, **values})


def opened(raw: bytes) -> EmailMessage:
    for line in raw.split(b"\r\n"):
        assert b"\n" not in line
        assert b"\r" not in line
        assert len(line) <= 998
        assert not line.startswith(b".")
    assert raw.isascii()
    return message_from_bytes(raw, policy=STRICT)


def part(mail: EmailMessage, subtype: str) -> str:
    body = mail.get_body((subtype,))
    assert body is not None
    content: str = body.get_content()
    return content.replace("\r\n", "\n")


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("format", ["full", "short"])
def test_a_mail_of_each_kind_is_free_of_defects(language, format):
    mail = opened(spliced(notice("1", language, format), language=language, name="花子 & 次郎", token="a-b_c"))
    who = {"ja": "花子 & 次郎 様", "en": "Dear 花子 & 次郎,"}[language]
    assert part(mail, "plain").startswith(who)
    assert "https://aoba.example/u/a-b_c/\n" in part(mail, "plain")
    assert mail.is_multipart() == (format == "full")
    if format == "full":
        assert mail.get_content_type() == "multipart/alternative"
        assert "花子 &amp; 次郎" in part(mail, "html")
    sender = {"ja": "あおば通信", "en": "Aoba Telecom"}[language]
    assert [(str(one.display_name), one.addr_spec) for one in mail["From"].addresses] == [
        (sender, "notice@aoba.example")
    ]
    assert mail["Subject"] == notice("1", language, format).subject
    assert mail["To"].addresses[0].addr_spec == "alice@example.jp"
    assert mail["List-Unsubscribe"] == "<https://aoba.example/u/a-b_c/>"
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert (mail["Message-ID"], mail["MIME-Version"]) == ("<1.abc@aoba.example>", "1.0")
    assert mail["Date"].datetime.isoformat() == "2026-11-22T14:05:00+09:00"
    assert mail["Feedback-ID"] == "1:test:madoguchi"


class _Calendar:
    name = "W-2026-000001.ics"

    def of(self, values):
        return f"BEGIN:VCALENDAR\r\nX-NAME:{values['name']}\r\nEND:VCALENDAR\r\n".encode() if values["name"] else b""


ATTACHED = dataclasses.replace(PLAIN, html="<p>text</p>", calendar=_Calendar())


def test_a_calendar_is_a_file_beside_the_texts():
    mail = opened(spliced(ATTACHED, name="花子" * 40))
    assert mail.get_content_type() == "multipart/mixed"
    texts, calendar = mail.iter_parts()
    assert texts.get_content_type() == "multipart/alternative"
    assert (part(mail, "plain").strip(), part(mail, "html").strip()) == ("text", "<p>text</p>")
    assert (calendar.get_content_type(), calendar.get_content_charset()) == ("text/calendar", "utf-8")
    assert (calendar.get_content_disposition(), calendar.get_filename()) == ("attachment", "W-2026-000001.ics")
    assert "X-NAME:" + "花子" * 40 in calendar.get_content()


def test_a_letter_without_one_has_its_texts_alone():
    mail = opened(spliced(ATTACHED, name=""))
    assert [one.get_content_type() for one in mail.walk() if not one.is_multipart()] == ["text/plain", "text/html"]


texts = st.text(st.characters(exclude_characters="\ue000\ue001\r\x85\u2028\u2029", exclude_categories=["Cs", "Cc"]))


@given(texts, texts, texts, texts, texts)
def test_what_is_spliced_is_what_was_meant(before, first, between, second, after):
    draft = dataclasses.replace(PLAIN, text=f"{before}{slot('a')}{between}{slot('b')}{after}\n")
    mail = opened(spliced(draft, a=first, b=second))
    assert mail.get_content() == f"{before}{first}{between}{second}{after}\r\n"


@given(st.text(st.characters(exclude_characters="\ue000\ue001"), min_size=1))
def test_any_subject_is_one_header_line_that_reads_the_same(subject):
    mail = opened(spliced(dataclasses.replace(PLAIN, subject=subject)))
    assert set(mail.keys()) == set(opened(spliced(PLAIN)).keys())
    meant = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", subject).strip()
    assert re.sub(r"\s", "", str(mail["Subject"])) == re.sub(r"\s", "", meant.encode("utf-8", "replace").decode())


def test_a_slot_in_the_subject_is_filled():
    mail = opened(spliced(dataclasses.replace(PLAIN, subject=f"{slot('name')}様へ"), name="花子\r\nBcc: x@example.com"))
    assert mail["Subject"] == "花子 Bcc: x@example.com様へ"
    assert "Bcc" not in mail


@pytest.mark.parametrize("value", ["a\r\nBcc: x@example.com", "a\nb", "a\rb", "花子", "a\x00b", "a\u2028b"])
def test_nothing_gets_into_a_header_but_printable_characters(value):
    draft = dataclasses.replace(PLAIN, headers=(("List-Unsubscribe", f"<https://aoba.example/{slot('token')}>"),))
    with pytest.raises(Unfit, match="slot token"):
        spliced(draft, token=value)


def test_a_given_header_stays_on_its_line():
    mail = opened(spliced(dataclasses.replace(PLAIN, headers=(("X-Notice", "one\r\nBcc: x@example.com"),))))
    assert mail["X-Notice"] == "one Bcc: x@example.com"
    assert "Bcc" not in mail


@pytest.mark.parametrize("name", ["Bcc", "From", "content-type", "Bad Name", "Bad:Name", "Bad\r\nName", ""])
def test_a_draft_cannot_bring_headers_of_the_engine_or_broken_ones(name):
    with pytest.raises(Unfit):
        spliced(dataclasses.replace(PLAIN, headers=((name, "x"),)))


def test_a_draft_may_bring_its_own_message_id_and_thread():
    headers = (
        ("Message-ID", f"<r2.{slot('key')}@aoba.example>"),
        ("References", f"<root.{slot('key')}@aoba.example>"),
    )
    mail = opened(spliced(dataclasses.replace(PLAIN, headers=headers), key="77"))
    assert mail.get_all("Message-ID") == ["<r2.77@aoba.example>"]
    assert mail["References"] == "<root.77@aoba.example>"


def test_a_slot_without_value_is_named():
    with pytest.raises(Unfit, match="no value for slot name"):
        spliced(dataclasses.replace(PLAIN, text=slot("name")))


def test_markup_in_a_value_is_text():
    draft = dataclasses.replace(PLAIN, html=f"<p>{slot('name')}</p>")
    assert "<p>&lt;b&gt;&quot;&#x27;&lt;/b&gt;</p>" in part(opened(spliced(draft, name="<b>\"'</b>")), "html")


@override_settings(OPERATOR={"name_ja": 'A "B" \\ C', "name_en": "x\r\nBcc: y@example.com", "domain": "aoba.example"})
def test_the_operators_name_is_quoted():
    assert opened(spliced(PLAIN))["From"].addresses[0].display_name == 'A "B" \\ C'
    assert "Bcc" not in opened(spliced(PLAIN, language="en"))


def test_a_message_id_is_the_letters_own_and_stays():
    assert message_id(5) == message_id(5) != message_id(6)
    assert re.fullmatch(r"<5\.[0-9a-f]{12}@aoba\.example>", message_id(5))
