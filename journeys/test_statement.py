"""A customer confirms the contact phone and reads a statement of calls (journeys E1–E8)."""

from collections.abc import Callable

import pytest

from journeys.visitor import Visitor

pytestmark = pytest.mark.browser

# Who, on which phone, and how the code arrives: a mobile by message, a fixed line by a call that reads it out.
# A phone for each, because a second code for one phone waits a minute.
WHO = {
    "ja-1280": ("hanako@example.jp", "09000000001", "text"),
    "en-390": ("customer01@example.jp", "09000000011", "text"),
    "ja-390": ("saburo@example.com", "0300000003", "voice"),
    "en-1280": ("customer02@example.jp", "0300000012", "voice"),
}
# The tables that have to be moved sideways.
SIDEWAYS = """() => [...document.querySelectorAll(".table-scroll")]
    .filter(each => each.scrollWidth > each.clientWidth).map(each => each.getAttribute("aria-labelledby"))"""


@pytest.mark.parametrize("window", WHO)
def test_confirm_the_phone_and_read_the_calls(new_visitor: Callable[..., Visitor], window: str) -> None:
    language, width = window.split("-")
    visitor = new_visitor(language=language, width=int(width))
    email, phone, channel = WHO[window]
    visitor.log_in(email)
    visitor.go("/my/charges/usage/")
    visitor.press("secondary")
    visitor.at("/my/verify/")
    visitor.fill(phone="0900000999")
    visitor.press()
    visitor.look(f"verify-errors-{channel}")
    visitor.fill(phone=phone)
    visitor.press()
    visitor.at("/my/verify/method/")
    visitor.look(f"verify-method-{channel}")
    visitor.press()
    visitor.at("/my/verify/code/")
    visitor.look(f"verify-code-{channel}")
    code = visitor.code_sent_to(f"+81{phone[1:]}")
    visitor.fill(code="000000" if code != "000000" else "000001")
    visitor.press()
    visitor.look(f"verify-code-errors-{channel}")
    visitor.fill(code=code)
    visitor.press()
    visitor.page.wait_for_url("**/my/charges/usage/C*/**")
    visitor.look(f"statement-{channel}")
    assert "¥" in visitor.text()
    visitor.page.locator("main details").evaluate_all("all => all.forEach(each => each.open = true)")
    assert not visitor.page.evaluate(SIDEWAYS), "every column is in sight"
