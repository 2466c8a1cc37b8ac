"""Whatever is sent to any page of the site, by whoever: an answer, never a failure (500)."""

import json
import re
from collections.abc import Iterator
from urllib.parse import quote_from_bytes

import pytest
from django.http import HttpResponse
from django.test import Client

from madoguchi.accounts.models import TryLevel
from tests.sample_operator import browser, places
from tests.test_url_permissions import CONSOLE, CONTRACT, HELD, MACHINE, PUBLIC, SIGNED_IN

__all__ = ["places"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

JUNK = {
    "nothing": b"",
    "blank": b"   ",
    "NUL": b"a\0b",
    "half a surrogate pair": b"\xed\xa0\x80",
    "no UTF-8": b"\xff\xfe\xc3",
    "bidi and zero width": "\u202eabc\u2066\u200b\ufeff".encode(),
    "long": b"a" * 10_000,
    "long number": b"9" * 10_000,
    "emoji": "👩‍👩‍👧‍👦🗝️".encode(),
    "combining": ("e" + "\u0301" * 300).encode(),
    "other digits": "１２٣४".encode(),
    "minus": b"-1",
    "beyond 64 bits": str(2**70).encode(),
    "line breaks": b"a\r\nSet-Cookie: x=1\r\n\r\n<b>",
    "quotes": b"'\"<script>{{ 7*7 }}%s${x}",
    "address": b"a@b@c",
    "path": b"../../etc/passwd",
}
# What a page may be asked for beside the fields it shows: of pages that take POST alone, or only after another step.
MORE = {
    "next",
    "code",
    "email",
    "password",
    "token",
    "service",
    "contract",
    "id",
    "page",
    "month",
    "choice",
    "credential",
}
_FIELD = re.compile(rb"<(?:input|select|textarea|button)\b[^>]*\bname=\"([^\"]+)\"")


def fields_of(page: HttpResponse) -> set[str]:
    found = {name.decode() for name in _FIELD.findall(page.content)} if hasattr(page, "content") else set()
    return (found | MORE) - {"csrfmiddlewaretoken"}


def mixtures(names: set[str], *, step: int, longest: int | None = None) -> Iterator[tuple[str, str]]:
    """Every field with some kind of junk, each time with another one."""
    kinds = list(JUNK)
    for shift in range(0, len(kinds), step):
        given = [(name, kinds[(place + shift) % len(kinds)]) for place, name in enumerate(sorted(names))]
        said = ", ".join(f"{name}: {kind}" for name, kind in given)
        yield said, "&".join(f"{name}={quote_from_bytes(JUNK[kind][:longest])}" for name, kind in given)


def bodies(names: set[str]) -> Iterator[tuple[str, str, bytes]]:
    """What is sent: its name, its content type and the bytes."""
    form = "application/x-www-form-urlencoded"
    for kind, query in mixtures(names, step=9):
        yield kind, form, query.encode()
    for kind in ("NUL", "half a surrogate pair"):
        yield kind, form, "&".join(f"{name}={quote_from_bytes(JUNK[kind])}" for name in sorted(names)).encode()
    yield "JSON of the wrong kind", "application/json", json.dumps([{"id": None, "response": "\ud800"}, 1]).encode()


def send_everything(client: Client, name: str, path: str) -> list[str]:
    """What failed, in words."""
    failed = []
    names = fields_of(client.get(path))
    for kind, content_type, body in bodies(names):
        TryLevel.objects.all().delete()  # it is about what is answered, not how often
        answer = client.generic("POST", path, body, content_type=content_type)
        if answer.status_code >= 500:
            failed.append(f"{name}: {kind} answered {answer.status_code}")
    for kind, query in mixtures(names, step=17, longest=300):
        if (answer := client.get(f"{path.partition('?')[0]}?{query}")).status_code >= 500:
            failed.append(f"{name}: in the address {kind} answered {answer.status_code}")
    return failed


BROKEN = [
    ("broken multipart", "multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n"),
    ("multipart without boundary", "multipart/form-data", b"--x"),
    ("an unknown character set", "application/x-www-form-urlencoded; charset=klingon", b"email=a"),
    ("no JSON", "application/json", b"{"),
    ("no field at all", "application/x-www-form-urlencoded", b""),
    ("ten thousand fields", "application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(10_000))),
]


@pytest.mark.parametrize(("kind", "content_type", "body"), BROKEN, ids=[kind for kind, *_rest in BROKEN])
def test_a_broken_request_is_answered(client: Client, kind: str, content_type: str, body: bytes) -> None:
    client.raise_request_exception = False
    for path in ("/id/login/", "/id/register/", "/en/id/login/"):
        assert client.generic("POST", path, body, content_type=content_type).status_code in {400, 422}, path


def walk(client: Client, pages: dict[str, str], places: dict[str, object]) -> list[str]:
    client.raise_request_exception = False
    return [failed for name, path in pages.items() for failed in send_everything(client, name, path.format(**places))]


def test_strangers_break_no_page(places) -> None:
    pages = {name: path for name, path in (MACHINE | PUBLIC).items() if not name.startswith("demo:")}
    assert walk(browser(), pages, places) == []


def test_customers_break_no_page(places) -> None:
    client = browser("hanako@example.jp")
    signed_in = {name: path for name, path in (SIGNED_IN | CONTRACT | HELD).items() if name not in ENDING}
    assert walk(client, signed_in, places) == []
    assert client.get("/my/").status_code == 200, "still signed in: the pages were asked as Alice"


def test_staff_break_no_page(places) -> None:
    client = browser("admin@aoba.example")
    assert walk(client, CONSOLE, places) == []
    assert client.get("/console/").status_code == 200


# Pages whose POST ends what the others need: the session, the link to the contracts.
ENDING = {"identity:logout", "mypage:contract_remove"}
