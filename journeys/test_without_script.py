"""The customer ID in a browser that runs no script."""

from collections.abc import Callable

import pytest

from journeys.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ja", 390)])
def test_register_log_out_and_log_in(new_visitor: Callable[..., Visitor], language: str, width: int) -> None:
    visitor = new_visitor(language=language, width=width, script=False)
    address = f"hibari-{language}@example.jp"
    visitor.go("/id/register/")
    visitor.fill(email=address, password="short", password_again="")
    visitor.press()
    assert visitor.page.locator(".error-summary").is_visible()
    assert visitor.page.locator("[name='email']").input_value() == address
    visitor.register(address)
    visitor.page.locator("form[action$='/id/logout/'] button").first.click()
    visitor.at("/id/login/")
    visitor.fill(email=address, password="uguisu-no-koe-77")
    visitor.press()
    visitor.at("/my/")


@pytest.mark.parametrize(("language", "width"), [("en", 390), ("ja", 1280)])
def test_keep_the_id(new_visitor: Callable[..., Visitor], language: str, width: int) -> None:
    visitor = new_visitor(language=language, width=width, script=False)
    address = f"ruribitaki-{language}@example.jp"
    visitor.register(address)
    visitor.go("/id/password/change/")
    visitor.fill(old="uguisu-no-koe-77", password="abc123", password_again="abc123")
    visitor.press()
    assert visitor.page.locator(".error-summary").is_visible()
    visitor.fill(old="uguisu-no-koe-77", password="kawasemi-no-ao-31", password_again="kawasemi-no-ao-31")
    visitor.press()
    visitor.at("/id/password/changed/")
    visitor.go("/id/otp/on/")
    visitor.fill(code=visitor.code_of_secret())
    visitor.press()
    for page in ("/id/otp/", "/id/history/", "/id/sessions/", "/id/sites/", "/id/profile/", "/my/contracts/add/"):
        visitor.go(page)
        visitor.at(page)
    visitor.go("/id/profile/name/")
    visitor.fill(family_name_kana="ﾙﾘ", given_name_kana="ビタキ")
    visitor.press()
    visitor.at("/id/profile/")
    assert "ルリ ビタキ" in visitor.text()
