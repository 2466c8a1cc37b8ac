"""Every mail of the product as it goes over the wire, compared byte for byte with the files in ``golden/``.

``make golden-mails`` writes them anew; the difference is for a person to read. The files are then opened the way the
strictest reader would, and their HTML is looked at.
"""

import os
import re
from collections import Counter
from difflib import unified_diff
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from pathlib import Path

import pytest
import time_machine
from django.test import override_settings
from icalendar import Calendar

from madoguchi.delivery import renderers
from madoguchi.notices import lifecycle
from madoguchi.notices.lifecycle import Kind
from madoguchi.notices.tests.make import NOW
from tests.mails.world import mails

GOLDEN = Path(__file__).parent / "golden"
STRICT = SMTP.clone(raise_on_defect=True)
FILES = sorted(path.name for path in GOLDEN.glob("*.eml"))
# A small screen's worth of a mail (docs/notices.md).
FIRST_SCREEN = 250


@pytest.mark.django_db
@override_settings(SITE_URL="https://aoba.example", SECRET_KEY="golden-mails-are-always-signed-by-this")
def test_every_mail_is_what_it_was():
    with time_machine.travel(NOW, tick=False):
        all_of_them = mails()
        made = dict(file for mail in all_of_them for file in mail.made())
    ours = {name for name in renderers._renderers if not name.startswith("test.")}
    assert ours == {mail.renderer for mail in all_of_them}, "a mail without a golden file, or the other way round"
    if os.environ.get("MADOGUCHI_GOLDEN") == "write":
        for old in GOLDEN.glob("*.eml"):
            old.unlink()
        for name, raw in made.items():
            (GOLDEN / name).write_bytes(raw)
    assert sorted(made) == sorted(path.name for path in GOLDEN.glob("*.eml"))
    for name, raw in made.items():
        golden = (GOLDEN / name).read_bytes()
        assert raw == golden, f"{name} (`make golden-mails` accepts it):\n{_difference(golden, raw)}"


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", Kind)
def test_a_report_has_a_mail_for_every_state_it_can_give(kind: Kind, language: str):
    states = {state for reached in lifecycle.MOVES[kind].values() for state in reached}
    assert len(states) > 4
    for state in states:
        for form in ("full", "short", "calendar") if kind == Kind.WORK else ("full", "short"):
            assert f"notices.report.{kind}.{state}.{form}.{language}.eml" in FILES


def _difference(golden: bytes, now: bytes) -> str:
    return "\n".join(unified_diff(_readable(golden), _readable(now), "golden", "now", lineterm=""))


def _readable(raw: bytes) -> list[str]:
    mail = message_from_bytes(raw, policy=SMTP)
    lines = [f"{field}: {value}" for field, value in mail.items()]
    for part in mail.walk():
        if not part.is_multipart():
            lines += ["", part["Content-Type"], *part.get_content().splitlines()]
    return lines


@pytest.fixture(params=FILES)
def raw(request: pytest.FixtureRequest) -> bytes:
    return (GOLDEN / request.param).read_bytes()


@pytest.fixture
def mail(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=STRICT)


def test_the_strictest_reader_finds_no_defect(raw: bytes, mail: EmailMessage):
    assert raw.isascii()
    for line in raw.split(b"\r\n"):
        assert not set(line) & set(b"\r\n")
        assert len(line) <= 998
        assert not line.startswith(b".")
    for field, value in mail.items():
        assert str(value)
        assert "�" not in str(value), field
    for part in mail.walk():
        assert part.defects == []
        if not part.is_multipart():
            assert part.get_content().strip()
    once = Counter(field.lower() for field in mail)
    assert {field for field, count in once.items() if count > 1} == set()
    assert {"from", "to", "subject", "date", "message-id", "mime-version", "feedback-id"} <= set(once)
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert re.fullmatch(r"<[^<>@\s]+@aoba\.example>", mail["Message-ID"])


def test_text_says_all_and_leaves_no_slot_open(mail: EmailMessage):
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert not re.search("[\ue000-\ue00f]", text)
    assert "{{" not in text
    assert "None" not in text
    assert mail["Subject"] not in ("", None)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "img", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", [name for name in FILES if ".short." not in name])
def test_html_is_whole_and_asks_for_nothing(name: str):
    mail = message_from_bytes((GOLDEN / name).read_bytes(), policy=STRICT)
    body = mail.get_body(("html",))
    assert body is not None
    html = body.get_content()
    page = _Page()
    page.feed(html)
    assert page.open == []
    tags = Counter(tag for tag, _ in page.tags)
    assert (tags["html"], tags["title"], tags["h1"]) == (1, 1, 1)
    assert not tags.keys() & {"script", "img", "link", "iframe", "form", "object", "base"}
    assert dict(page.tags)["html"]["lang"] == name.split(".")[-2]
    for _tag, attributes in page.tags:
        assert not {name for name in attributes if name.startswith("on")} | ({"src", "background"} & attributes.keys())
        assert (attributes.get("href") or "https://").startswith("https://")
    assert "url(" not in html
    assert "@import" not in html
    # Gmail cuts a mail off there.
    assert len(html.encode()) < 102_000


@pytest.mark.parametrize("name", [name for name in FILES if ".short." not in name])
def test_a_calendar_is_one_part_of_those_who_ask_for_it(name: str):
    mail = message_from_bytes((GOLDEN / name).read_bytes(), policy=STRICT)
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert len(parts) == (".calendar." in name)
    for part in parts:
        assert (part.get_content_charset(), part["Content-Transfer-Encoding"]) == ("utf-8", "base64")
        raw = part.get_payload(decode=True)
        assert isinstance(raw, bytes)
        assert raw.count(b"\n") == raw.count(b"\r\n")
        assert all(len(line) <= 75 and line.decode() is not None for line in raw.split(b"\r\n"))
        assert Calendar.from_ical(raw).events


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("notices.report.") and ".short." in name])
def test_the_first_screen_of_a_phone_says_what_when_and_how_bad(name: str):
    mail = message_from_bytes((GOLDEN / name).read_bytes(), policy=STRICT)
    first = mail.get_content()[:FIRST_SCREEN].replace("\r\n", "\n")
    state, number, service, *_ = first.split("\n")
    assert re.search("第[0-9]+報|[Rr]eport [0-9]+", state), state
    assert re.fullmatch(r"[WT]-2026-[0-9]{6}", number)
    assert re.match("あおば|Aoba", service)
    assert str(mail["Subject"]).partition(number)[2].strip() in first
    assert re.search(r"[0-9]{2}:[0-9]{2}[^\n]*\sJST", first)
    assert re.search("影響：|Impact:", first)


@pytest.mark.parametrize("name", [name for name in FILES if ".short." in name])
def test_a_short_mail_is_plain_and_narrow(name: str):
    mail = message_from_bytes((GOLDEN / name).read_bytes(), policy=STRICT)
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content_charset() == ("iso-2022-jp" if ".iso-2022-jp." in name else "utf-8")
    assert len(mail.get_content()) < 2000
