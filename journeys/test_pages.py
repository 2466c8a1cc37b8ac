"""Every page of the site as it opens: accessible, no wider than its window, nothing broken.

Which pages there are stands in tests/test_url_permissions.py, where each is claimed; states that need a journey are
looked at by the journeys.
"""

import re
from collections.abc import Callable, Iterable

import pytest

from journeys.visitor import Visitor
from tests.test_url_permissions import CONSOLE, CONTRACT, HELD, PUBLIC, SIGNED_IN

pytestmark = pytest.mark.browser
ADMIN = "admin@aoba.example"


def first(visitor: Visitor, page: str, pattern: str) -> str:
    """What ``pattern`` finds first on a page of the site: the number of something to look at."""
    visitor.go(page)
    found = re.search(pattern, visitor.page.content())
    assert found, f"{page} shows nothing like {pattern}"
    return found[1]


def walk(visitor: Visitor, pages: Iterable[str], **places: str) -> int:
    """Check each page that opens for this visitor, once; return how many there were."""
    seen: set[str] = set()
    for path in pages:
        address = visitor.demo.site + visitor.path(path.format(**places))
        answer = visitor.context.request.get(address)
        assert answer.status < 500, path
        html = answer.headers.get("content-type", "").startswith("text/html") and "<main" in answer.text()
        if answer.status == 200 and html and answer.url not in seen:
            seen.add(answer.url)
            visitor.page.goto(address)
            visitor.check(path)
    return len(seen)


def test_pages_for_everybody(visitor: Visitor) -> None:
    notice = first(visitor, "/notices/", r'href="[^"]*/notices/([TW]-\d{4}-\d+)/"')
    assert walk(visitor, PUBLIC.values(), notice=notice) >= 18


def test_pages_of_a_customer(visitor: Visitor) -> None:
    visitor.log_in("jiro@example.jp")
    contract = first(visitor, "/my/charges/usage/", r"\b(C\d{9,10})\b")
    assert walk(visitor, [*SIGNED_IN.values(), *CONTRACT.values()], contract=contract) >= 8


def test_pages_of_a_holder(visitor: Visitor) -> None:
    visitor.log_in("saburo@example.com")
    contract = first(visitor, "/my/contracts/", r"/my/contracts/(C\d+)/phone/")
    link = first(visitor, "/my/contracts/", r"/my/contracts/\+remove/(\d+)/")
    assert walk(visitor, HELD.values(), contract=contract, link=link) >= 2


def test_pages_of_staff(new_visitor: Callable[..., Visitor]) -> None:
    staff = new_visitor(language="ja", width=1280)
    staff.log_in(ADMIN, next_page="/console/")
    staff.fill(code=staff.one_time_code(ADMIN))
    staff.press()
    staff.at("/console/")
    draft = first(staff, "/console/notices/?state=draft", r'href="[^"]*/console/notices/(\d+)/"')
    report = first(staff, f"/console/notices/{draft}/", rf"/console/notices/{draft}/reports/(\d+)/")
    posted = first(staff, "/console/notices/?state=posted", r'href="[^"]*/console/notices/(\d+)/"')
    staff.go("/console/customers/")
    staff.fill(email="hanako@example.jp", reason="電話でのお問い合わせ")
    staff.press()
    staff.page.wait_for_url("**/console/customers/*-*/")
    customer = staff.page.url.rstrip("/").rpartition("/")[2]
    places = {"draft": draft, "report": report, "posted": posted, "customer": customer}
    # A one-time code counts once: the other windows share the session.
    for language, width in (("ja", 1280), ("en", 390)):
        visitor = new_visitor(language=language, width=width)
        visitor.context.add_cookies(staff.context.cookies())  # type: ignore[arg-type]
        assert walk(visitor, CONSOLE.values(), **places) >= 8
