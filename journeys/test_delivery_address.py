"""A second delivery address without a mouse, on a phone: the tables of days and hours, the link in the mail."""

from collections.abc import Callable

import pytest

from journeys.keyboard import Keyboard
from journeys.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["ja", "en"])
def test_register_a_second_address(new_visitor: Callable[..., Visitor], language: str) -> None:
    visitor = new_visitor(language=language, width=390)
    keys = Keyboard(visitor)
    own, second = f"misosazai-{language}@example.jp", f"misosazai.{language}.keitai@docomo.ne.jp"
    visitor.register(own)
    visitor.go("/my/notices/")
    keys.press()  # the terms
    visitor.go("/my/destinations/")
    visitor.look("destinations-empty")
    keys.press("#slot-1 .button")
    register(keys, slot=1)  # the ID's own address, as offered, at once
    visitor.at("/my/destinations/")

    visitor.go("/my/destinations/2/")
    keys.fill(address=second)
    keys.to("main [name='device']")
    visitor.page.keyboard.press("ArrowDown")
    visitor.page.keyboard.press("ArrowDown")
    keys.press("main [name='preset'][value='business']")
    assert visitor.page.locator("main [name='address']").input_value() == second
    assert ticked(visitor, "days") == [1, 2, 3, 4, 5]
    assert ticked(visitor, "hours") == list(range(9, 18))
    # A row by its head: the whole morning, then none of it; one more hour by its own box.
    for hours in (range(6, 18), range(12, 18)):
        keys.to("main #part-1 button")
        visitor.page.keyboard.press("Enter")
        assert ticked(visitor, "hours") == list(hours)
    keys.tick("hours", "20")
    visitor.page.locator("#words li", has_text="20").wait_for()
    visitor.look("address-input")
    register(keys, slot=2)
    visitor.at("/my/destinations/2/sent/")
    visitor.look("address-sent")
    visitor.go("/my/destinations/")
    visitor.look("destinations-waiting")

    phone = new_visitor(language=language, width=390)  # where nobody is logged in
    link = phone.link_of_mail(second, "/destinations/")
    phone.open(link)
    phone.look("address-link")
    Keyboard(phone).press()
    phone.at("/destinations/done/")
    phone.look("address-done")
    phone.open(link)
    phone.look("address-used")

    visitor.go("/my/destinations/")
    visitor.look("destinations")
    assert second in visitor.text()
    keys.press("#slot-2 form[action$='/test/'] button")
    assert visitor.demo.mail(second, subject={"ja": "テスト", "en": "Test of"}[language])
    keys.press("#slot-2 a[href$='/delete/']")
    visitor.look("address-delete")
    keys.press("main .button[data-variant='danger']")
    assert second not in visitor.text()


def register(keys: Keyboard, *, slot: int) -> None:
    keys.press("main .actions .button[data-variant='primary']")
    keys.visitor.at(f"/my/destinations/{slot}/confirm/")
    keys.visitor.look("address-confirm")
    keys.press()


def ticked(visitor: Visitor, name: str) -> list[int]:
    boxes = visitor.page.locator(f"main [name='{name}']:checked")
    return [int(box.get_attribute("value") or -1) for box in boxes.all()]
