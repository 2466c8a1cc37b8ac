"""Trouble at 3 a.m. with the keyboard alone: from a template to the first report, from the board to recovered."""

from collections.abc import Callable

import pytest

from journeys.keyboard import Keyboard
from journeys.visitor import Visitor

pytestmark = pytest.mark.browser
PUBLISHER = "publisher@aoba.example"
KEEP_OUT = "main button[name='check']:not([tabindex='-1'])"


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ja", 390)])
def test_from_a_template_to_recovered(new_visitor: Callable[..., Visitor], language: str, width: int) -> None:
    visitor = new_visitor(language=language, width=width)
    keys = Keyboard(visitor)
    visitor.log_in(PUBLISHER, next_page=visitor.path("/console/notices/"))
    keys.fill(code=visitor.one_time_code(PUBLISHER))
    keys.enter()
    visitor.at("/console/notices/")
    visitor.look("night-board")
    keys.press("main a[href*='new/?kind=trouble']")

    keys.to("main #template")
    visitor.page.keyboard.press("ArrowDown")
    keys.press("main .console__filter button")
    visitor.look("night-template")
    # What is missing and each blank left is read first, and its link leads to the field.
    keys.to("main [name='title_en']")
    keys.enter()
    visitor.look("night-blanks")
    assert visitor.page.evaluate("document.activeElement.closest('.error-summary') !== null")
    keys.jump(".error-summary a[href='#id_started_at']")
    assert visitor.page.evaluate("document.activeElement.name") == "started_at"
    # The browser's own field: the order of its parts is the system's.
    visitor.fill(started_at="2026-11-22T03:05")
    title = f"Night trouble {language} {width}"
    keys.fill(title_ja=f"夜間の故障 {language} {width}", title_en=title)
    keys.fill(body_ja="3時5分ごろからつながりません。", body_en="There has been no connection since 3:05.")
    keys.fill(emergency_calls_ja="110番・119番もつながりません。", emergency_calls_en="Emergency calls fail too.")
    keys.fill(service_words="backup")
    keys.to("main [name='services']")
    visitor.page.keyboard.press("Space")
    keys.press(KEEP_OUT)
    visitor.page.wait_for_url("**/publish/")
    visitor.look("night-publish")
    keys.press("main form .button[data-variant='primary']")
    visitor.page.wait_for_url("**/console/notices/*/")
    visitor.look("night-notice")
    here = visitor.page.url.rstrip("/").rsplit("/", 1)[1]

    visitor.go("/console/notices/")
    keys.press(f"main a[href*='/{here}/reports/quick/?state=recovered']")
    visitor.look("night-quick")
    keys.fill(body_ja="復旧しました。", body_en="The service is back.")
    keys.press(KEEP_OUT)
    visitor.page.wait_for_url("**/publish/")
    keys.press("main form .button[data-variant='primary']")
    visitor.page.wait_for_url("**/console/notices/*/")
    visitor.look("night-recovered")
    visitor.go("/console/notices/")
    assert visitor.page.locator(f"main a[href*='/{here}/reports/quick/']").count() == 0
