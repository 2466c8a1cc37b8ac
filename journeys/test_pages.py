"""Every page of the site as it opens: accessible, no wider than its window, nothing broken, good without a mouse and
without script.

Which pages there are stands in tests/test_url_permissions.py, where each is claimed; states that need a journey are
looked at by the journeys.
"""

import re
from collections.abc import Iterable

import pytest

from journeys.visitor import Visitor
from tests.test_url_permissions import CONSOLE, CONTRACT, HELD, PUBLIC, SIGNED_IN

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ADMIN = "admin@aoba.example"
# Shows every component by itself: buttons and fields that belong to no form.
GALLERY = "/components/"


def first(visitor: Visitor, page: str, pattern: str) -> str:
    """What ``pattern`` finds first on a page of the site: the number of something to look at."""
    return all_of(visitor, page, pattern)[0]


def last(visitor: Visitor, page: str, pattern: str) -> str:
    """The oldest, where another journey may be making new ones."""
    return all_of(visitor, page, pattern)[-1]


def all_of(visitor: Visitor, page: str, pattern: str) -> list[str]:
    visitor.go(page)
    found = re.findall(pattern, visitor.page.content())
    assert found, f"{page} shows nothing like {pattern}"
    return found


# What a page without script must not show: a control that only a script would serve.
_DEAD_WITHOUT_SCRIPT = """() => [...document.querySelectorAll(
    'button[type=button], button:not([form], form *), input:not([form], form *), select:not([form], form *), ' +
    'textarea:not([form], form *), a:not([href])[role], [aria-busy=true], progress:not([value])'
)].filter(el => el.checkVisibility({ visibilityProperty: true })).map(el => el.outerHTML.slice(0, 200))"""
# What a page must have: a way to send each of its forms.
_FORMS_WITHOUT_BUTTON = """() => [...document.querySelectorAll('main form')].filter(
    form => form.checkVisibility() && ![...form.elements].some(
        el => el.type === 'submit' && !el.disabled && el.checkVisibility({ visibilityProperty: true }))
).map(form => form.outerHTML.slice(0, 200))"""
_WAITING = re.compile(r"\bloading\b|読み込み中|読込中", re.IGNORECASE)


def walk(visitor: Visitor, pages: Iterable[str], **places: str) -> int:
    """Check each page that opens for this visitor, once, with script and without; return how many there were.

    The markup is the same in both languages: every other page is seen without script in one, the rest in the other.
    """
    seen: set[str] = set()
    flaws: list[str] = []
    without_script = visitor.like(script=False)
    for place, path in enumerate(pages):
        address = visitor.demo.site + visitor.path(path.format(**places))
        answer = visitor.context.request.get(address)
        assert answer.status < 500, path
        html = answer.headers.get("content-type", "").startswith("text/html") and "<main" in answer.text()
        if answer.status == 200 and html and answer.url not in seen:
            seen.add(answer.url)
            visitor.page.goto(address)
            # The way back is the way there: one language tells whether something holds the focus.
            flaws += visitor.flaws(back=visitor.language == "ja")
            if place % 2 == (visitor.language == "ja") and path != GALLERY:
                flaws += flaws_without_script(without_script, address)
    without_script.close()
    assert not flaws, "\n".join(flaws)
    return len(seen)


def flaws_without_script(visitor: Visitor, address: str) -> list[str]:
    """The page says what it is, its forms can be sent, and nothing on it waits for a script."""
    page = visitor.page
    page.goto(address)
    flaws = page.evaluate(_DEAD_WITHOUT_SCRIPT) + page.evaluate(_FORMS_WITHOUT_BUTTON)
    if not page.locator("h1").first.inner_text():
        flaws.append("no heading")
    flaws += _WAITING.findall(visitor.text())
    return [f"{address} without script: {flaw}" for flaw in flaws + visitor.troubles]


def test_pages_for_everybody(visitor: Visitor) -> None:
    notice = first(visitor, "/notices/", r'href="[^"]*/notices/([TW]-\d{4}-\d+)/"')
    question = first(visitor, "/faq/", r'href="[^"]*/faq/(\d+)/"')
    assert walk(visitor, PUBLIC.values(), notice=notice, question=question) >= 18


def test_pages_of_a_customer(visitor: Visitor) -> None:
    visitor.log_in("jiro@example.jp")
    contract = first(visitor, "/my/charges/usage/", r"\b(C\d{9,10})\b")
    assert walk(visitor, [*SIGNED_IN.values(), *CONTRACT.values()], contract=contract, held="1") >= 8


def test_pages_of_a_holder(visitor: Visitor) -> None:
    visitor.log_in("saburo@example.com")
    contract = first(visitor, "/my/contracts/", r"/my/contracts/(C\d+)/phone/")
    link = first(visitor, "/my/contracts/", r"/my/contracts/\+remove/(\d+)/")
    webhook = first(visitor, "/my/webhooks/", r"/my/webhooks/(\d+)/")
    assert walk(visitor, HELD.values(), contract=contract, link=link, webhook=webhook) >= 4


def test_pages_of_staff(visitor: Visitor) -> None:
    visitor.log_in(ADMIN, next_page=visitor.path("/console/"))
    visitor.fill(code=visitor.one_time_code(ADMIN))
    visitor.press()
    visitor.at("/console/")
    draft = last(visitor, "/console/notices/?show=drafts", r'href="[^"]*/console/notices/(\d+)/"')
    report = first(visitor, f"/console/notices/{draft}/", rf"/console/notices/{draft}/reports/(\d+)/")
    posted = last(visitor, "/console/notices/?show=in_force&kind=trouble", r'href="[^"]*/console/notices/(\d+)/"')
    template = first(visitor, "/console/templates/", r'href="[^"]*/console/templates/(\d+)/"')
    inquiry = last(visitor, "/console/inquiries/", r'href="[^"]*/console/inquiries/(\d+)/"')
    question = first(visitor, "/console/faq/", r'href="[^"]*/console/faq/(\d+)/"')
    guide = first(visitor, "/console/guides/", r'href="[^"]*/console/guides/(\d+)/"')
    mailing = first(visitor, "/console/mailings/", r'href="[^"]*/console/mailings/(\d+)/"')
    tariff = first(visitor, "/console/tariffs/", r'href="[^"]*/console/tariffs/(\d+)/"')
    visitor.go("/console/customers/")
    visitor.fill(email="hanako@example.jp", reason="電話でのお問い合わせ")
    visitor.press()
    visitor.page.wait_for_url("**/console/customers/*-*/")
    customer = visitor.page.url.rstrip("/").rpartition("/")[2]
    places = {"draft": draft, "report": report, "posted": posted, "template": template, "inquiry": inquiry}
    service = first(visitor, "/console/services/", r'href="[^"]*/console/services/(\d+)/"')
    category = first(visitor, "/console/categories/", r'href="[^"]*/console/categories/(\d+)/"')
    places |= {"question": question, "guide": guide, "mailing": mailing, "service": service, "category": category}
    usage = first(visitor, "/console/imports/", r'href="[^"]*/console/imports/(\d+)/"')
    visitor.go("/console/tokens/new/")
    visitor.fill(name="経理システム")
    visitor.page.locator("[name=scopes]").first.check()
    visitor.press()
    visitor.page.wait_for_url(re.compile(r"/console/tokens/\d+/"))
    visitor.go("/console/contracts/import/")
    visitor.page.set_input_files(
        "[name=file]", {"name": "customers.csv", "mimeType": "text/csv", "buffer": b"customer_number,name\nN1,a\n"}
    )
    visitor.press()
    visitor.page.wait_for_url(re.compile(r"/contracts/import/\d+/"))
    places["upload"] = visitor.page.url.rstrip("/").rpartition("/")[2]
    places |= {"tariff": tariff, "usage": usage, "token": visitor.page.url.rstrip("/").rpartition("/")[2]}
    assert walk(visitor, CONSOLE.values(), customer=customer, **places) >= 8
