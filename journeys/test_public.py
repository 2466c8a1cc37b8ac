"""Anybody sees what is wrong now, finds a service while typing, and reads a notice (journeys, part C).

How the pages look as they open is seen by test_pages.py.
"""

import pytest

from journeys.visitor import Visitor

pytestmark = pytest.mark.browser


def test_what_is_wrong_and_where(visitor: Visitor) -> None:
    visitor.go("/")
    visitor.page.locator("main .notice-item__title a").first.click()
    visitor.page.wait_for_selector("#report-1")
    visitor.look("notice")

    visitor.go("/notices/")
    visitor.page.select_option("[name='kind']", "work")
    visitor.press()
    visitor.page.wait_for_url("**kind=work**")
    assert visitor.page.locator(".notice-item[data-kind='trouble']").count() == 0
    visitor.page.locator("main form details summary").click()
    visitor.fill(since="2026-11-22", until="2026-11-01")
    visitor.press()
    visitor.look("notices-errors")

    visitor.go("/notices/impact/")
    visitor.fill(numbers="C100000001 あおば")
    visitor.press()
    visitor.look("impact-errors")
    visitor.fill(numbers="C100000001、Ｃ９９９９９９９９９")
    visitor.press()
    visitor.page.wait_for_selector("#answers")
    assert visitor.page.locator(".impact-table tbody tr").count() == 2
    visitor.look("impact")
    visitor.go("/embed/")
    visitor.look("embed")

    assert visitor.context.cookies() == []


def test_find_a_service_while_typing(visitor: Visitor) -> None:
    visitor.go("/services/")
    visitor.page.locator("#service-search").press_sequentially("ﾋｶﾘでんわ", delay=20)
    visitor.page.wait_for_selector(".suggestions__link")
    assert "1" in visitor.page.locator("#suggestion-count[role='status']").inner_text()
    visitor.look("suggestions")
    visitor.page.locator(".suggestions__link").first.click()
    visitor.at("/services/hikari-phone/")

    # A section opens by its link, without script.
    visitor.page.goto(f"{visitor.page.url}#emergency")
    assert visitor.page.locator("#emergency").is_visible()
    assert not visitor.page.locator("#needed").is_visible()
    visitor.look("service-section")

    visitor.page.goto(f"{visitor.demo.site}{visitor.path('/services/')}?q=zzzz")
    visitor.look("services-none")
    visitor.go("/terms/1.0/")
    visitor.look("terms-earlier")
