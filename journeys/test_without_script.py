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
