"""The customer ID without a mouse: registering, mistakes, logging in, confirming the contact phone."""

from collections.abc import Callable

import pytest

from journeys.keyboard import Keyboard
from journeys.visitor import Visitor

pytestmark = pytest.mark.browser
PASSWORD = "uguisu-no-koe-77"


@pytest.mark.parametrize(("language", "width"), [("ja", 1280), ("en", 390)])
def test_register_and_log_in(new_visitor: Callable[..., Visitor], language: str, width: int) -> None:
    visitor = new_visitor(language=language, width=width)
    keys = Keyboard(visitor)
    address = f"tsubame-{language}@example.jp"
    visitor.go("/id/login/")
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    keys.press("main a[href*='/id/register/']")
    visitor.at("/id/register/")

    keys.fill(email=address)
    keys.enter()
    # What is wrong is read first, and its links lead to the fields.
    assert visitor.page.evaluate("document.activeElement.closest('.error-summary') !== null")
    keys.jump(".error-summary a[href*='password']")
    assert visitor.page.evaluate("document.activeElement.name") == "password"
    keys.fill(password=PASSWORD, password_again=PASSWORD, family_name_kana="ツバメ", given_name_kana="ミドリ")
    keys.fill(birth_date_year="1984", birth_date_month="5", birth_date_day="17")
    keys.press()
    visitor.at("/id/register/confirm/")
    keys.press()
    visitor.at("/id/register/sent/")

    visitor.open(visitor.link_of_mail(address, "/id/activate/"))
    keys.fill(password=PASSWORD)
    keys.enter()
    visitor.at("/id/activate/done/")
    keys.press("form[action$='/id/logout/'] button")
    visitor.at("/id/login/")
    keys.fill(email=address, password=PASSWORD)
    keys.tick("stay")
    keys.press()
    visitor.at("/my/")
