"""The customer ID without a mouse: registering, mistakes, logging in, keeping it safe, confirming the phone."""

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


# Customers and phones that no other journey uses, because a second code for one phone waits a minute.
@pytest.mark.parametrize(
    ("language", "width", "email", "phone"),
    [("en", 1280, "customer05@example.jp", "09000000015"), ("ja", 390, "customer06@example.jp", "0300000016")],
)
def test_confirm_the_phone(
    new_visitor: Callable[..., Visitor], language: str, width: int, email: str, phone: str
) -> None:
    visitor = new_visitor(language=language, width=width)
    keys = Keyboard(visitor)
    visitor.log_in(email, next_page=visitor.path("/my/charges/usage/"))
    keys.press("main .button[data-variant='secondary']")
    visitor.at("/my/verify/")
    keys.fill(phone="0900000999")
    keys.enter()
    keys.fill(phone=phone)
    keys.enter()
    visitor.at("/my/verify/method/")
    keys.press()
    visitor.at("/my/verify/code/")
    keys.fill(code=visitor.code_sent_to(f"+81{phone[1:]}"))
    keys.enter()
    visitor.page.wait_for_url("**/my/charges/usage/C*/**")


@pytest.mark.parametrize(("language", "width"), [("en", 390), ("ja", 1280)])
def test_set_up_one_time_passwords_and_prove_it(new_visitor: Callable[..., Visitor], language: str, width: int) -> None:
    visitor = new_visitor(language=language, width=width)
    keys = Keyboard(visitor)
    visitor.register(f"komadori-{language}@example.jp")
    visitor.go("/id/")
    keys.press("main a[href$='/id/otp/']")
    keys.press("main a[href$='/id/otp/on/']")
    keys.fill(code="12345")
    keys.enter()
    keys.fill(code=visitor.code_of_secret())
    keys.enter()
    assert visitor.page.locator("main").get_by_role("heading", level=1).is_visible()
    visitor.go("/id/")
    keys.press("main a[href$='/id/sessions/']")
    visitor.at("/id/sessions/")
    visitor.go("/id/profile/")
    keys.press("main a[href$='/id/profile/language/']")
    keys.press("main .button[data-variant='primary']")
    visitor.page.wait_for_url("**/id/profile/**")
