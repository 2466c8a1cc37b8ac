"""What the customer reads while a code is on its way, and when it does not arrive (journey E4)."""

import json
from collections.abc import Callable
from urllib.request import Request, urlopen

import pytest

from journeys.visitor import Visitor
from tests.running_demo import Demo, wait_until

pytestmark = pytest.mark.browser


def misbehave(demo: Demo, phone: str, fault: str, seconds: int = 0) -> None:
    """Let the demo's phone behave so, as a program asks it."""
    said = json.dumps({"to": phone, "fault": fault, "seconds": seconds}).encode()
    address = f"{demo.site}/demo/telephone/faults.json"
    request = Request(address, said, {"Content-Type": "application/json"})  # noqa: S310 - the demo's own http address
    with urlopen(request) as response:  # noqa: S310 - as above: no other scheme can come in
        assert response.status == 200


def ask_for_code(visitor: Visitor, email: str, phone: str) -> None:
    visitor.log_in(email)
    visitor.go("/my/verify/")
    visitor.fill(phone=phone)
    visitor.press()
    visitor.press()
    visitor.at("/my/verify/code/")


def test_the_open_page_tells_by_itself(new_visitor: Callable[..., Visitor], demo: Demo) -> None:
    visitor = new_visitor(language="en", width=390)
    misbehave(demo, "09000000013", "late", 3)
    ask_for_code(visitor, "customer03@example.jp", "09000000013")
    note = visitor.page.locator("[role=status]")
    note.get_by_text("The text message is on its way to your phone.").wait_for()
    visitor.look("code-on-its-way")
    note.get_by_text("The text message has been delivered to the phone.").wait_for(timeout=60_000)
    visitor.look("code-delivered")
    visitor.fill(code=visitor.code_sent_to("+819000000013"))
    visitor.press()
    visitor.at("/my/")


def test_without_script_the_page_tells_when_loaded_again(new_visitor: Callable[..., Visitor], demo: Demo) -> None:
    visitor = new_visitor(language="ja", width=1280, script=False)
    misbehave(demo, "0300000014", "busy")
    ask_for_code(visitor, "customer04@example.jp", "0300000014")

    def told() -> bool:
        if visitor.page.get_by_text("話し中でした。").count():
            return True
        visitor.page.locator("main noscript a, main a[href='']").first.click()
        return False

    wait_until(told)
    visitor.go("/demo/telephone/")
    assert "話し中：つながりません" in visitor.text()
