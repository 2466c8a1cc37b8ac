"""Passkeys, one-time passwords and recovery codes, with the virtual authenticator Chromium has for tests (journeys B).

Browsers know passkeys only at names, so this journey walks through the demo at ``localhost``.
"""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route

from journeys.visitor import Visitor
from madoguchi.accounts.second_factor import code_of
from tests.running_demo import Demo

pytestmark = pytest.mark.browser
PASSWORD = "uguisu-no-koe-77"


class Fingerprint:
    """A phone with a fingerprint reader; its holder presses when asked, or does not."""

    def __init__(self, visitor: Visitor) -> None:
        self.browser = visitor.context.new_cdp_session(visitor.page)
        self.browser.send("WebAuthn.enable", {"enableUI": False})
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": False,
        }
        self.id = self.browser.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def holder(self, *, presses: bool) -> None:
        self.browser.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": self.id, "enabled": presses})

    def credentials(self) -> list[dict[str, Any]]:
        return list(self.browser.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"])


def at_its_name(visitor: Visitor) -> None:
    """From here on the visitor walks at ``localhost``."""
    visitor.demo = Demo(visitor.demo.site.replace("127.0.0.1", "localhost"))


def give_password(visitor: Visitor, address: str) -> None:
    visitor.fill(email=address, password=PASSWORD)
    visitor.press()


def log_out(visitor: Visitor) -> None:
    visitor.page.locator("form[action$='/id/logout/'] button").first.click()
    visitor.at("/id/login/")


def touch_when_asked(visitor: Visitor, phone: Fingerprint) -> None:
    """Press the fingerprint reader while the next challenge is on its way: Chromium's reader looks only at that moment
    whether somebody does.
    """

    def touch(route: Route) -> None:
        phone.holder(presses=True)
        route.continue_()

    visitor.page.route("**/id/passkey/options/", touch, times=1)


def press_and_touch(visitor: Visitor, phone: Fingerprint, path: str) -> None:
    """Press the page's passkey button, then the fingerprint reader, and be at ``path``."""
    visitor.page.wait_for_load_state("networkidle")  # what the page offers by itself has its challenge
    touch_when_asked(visitor, phone)
    visitor.page.locator("passkey-ask form button[type='submit']").click()
    visitor.at(path)
    visitor.page.wait_for_load_state()
    phone.holder(presses=False)


@pytest.mark.parametrize(("language", "width"), [("ja", 1280), ("en", 390)])
def test_protect_the_id_and_log_in_with_it(new_visitor: Callable[..., Visitor], language: str, width: int) -> None:
    visitor = new_visitor(language=language, width=width)
    address = f"kagi-{language}-{width}@example.jp"
    visitor.register(address)
    visitor.go("/id/otp/")
    visitor.look("otp-at-digits")
    at_its_name(visitor)
    visitor.page.locator("main a[href^='http://localhost']").click()
    visitor.at("/id/login/")
    phone = Fingerprint(visitor)
    visitor.look("login-with-passkeys")
    give_password(visitor, address)
    visitor.at("/id/otp/")
    visitor.look("otp-off")
    codes = add_a_passkey(visitor, phone)
    set_up_an_authenticator(visitor, phone)
    log_in_each_way(visitor, phone, address, codes[0])
    look_at_the_rest(visitor)


def add_a_passkey(visitor: Visitor, phone: Fingerprint) -> list[str]:
    """The first factor: it brings the recovery codes."""
    visitor.go("/id/otp/passkeys/add/")
    visitor.look("passkey-add")
    visitor.fill(name="Keitai")
    press_and_touch(visitor, phone, "/id/otp/codes/")
    visitor.look("recovery-codes-shown")
    codes = visitor.page.locator("main code").all_inner_texts()
    assert len(codes) == 10
    assert phone.credentials()[0]["isResidentCredential"]
    visitor.page.locator("form[action$='/kept/'] button").click()
    visitor.at("/id/otp/")
    visitor.look("otp-with-passkey")
    assert "Keitai" in visitor.text()
    return codes


def set_up_an_authenticator(visitor: Visitor, phone: Fingerprint) -> None:
    visitor.go("/id/otp/on/")  # which asks for the passkey: it is the best the ID has now
    visitor.at("/id/prove/")
    visitor.look("prove-with-passkey")
    press_and_touch(visitor, phone, "/id/otp/on/")
    visitor.look("otp-on")
    visitor.fill(code="000000")
    visitor.press()
    visitor.look("otp-on-errors")
    visitor.fill(code=visitor.code_of_secret())
    visitor.press()
    visitor.at("/id/otp/")
    visitor.look("otp-with-both")


def log_in_each_way(visitor: Visitor, phone: Fingerprint, address: str, recovery_code: str) -> None:
    log_out(visitor)
    press_and_touch(visitor, phone, "/my/")  # a passkey alone
    log_out(visitor)
    touch_when_asked(visitor, phone)  # chosen from what the browser offers to fill in, as soon as the page is there
    offered = f"{visitor.demo.site}{visitor.path('/id/login/')}?next={visitor.path('/my/notices/')}"
    visitor.page.goto(offered, wait_until="commit")
    visitor.at("/my/notices/")
    phone.holder(presses=False)
    log_out(visitor)
    give_password(visitor, address)
    visitor.at("/id/login/code/")
    visitor.look("login-second-proof")
    press_and_touch(visitor, phone, "/my/")
    log_out(visitor)
    give_password(visitor, address)
    visitor.fill(code=recovery_code)
    visitor.press("secondary")
    visitor.at("/id/otp/codes/used/")
    visitor.look("recovery-code-used")


def look_at_the_rest(visitor: Visitor) -> None:
    visitor.go("/id/otp/codes/")
    visitor.look("recovery-codes")
    for act, name in (("first", "passkey-rename"), ("last", "passkey-remove")):
        visitor.go("/id/otp/")
        getattr(visitor.page.locator(".passkeys__acts a"), act).click()
        visitor.look(name)
    visitor.go("/id/otp/off/")
    visitor.look("otp-turn-off")
    visitor.press("danger")
    visitor.at("/id/otp/")
    visitor.look("otp-turned-off")


def test_a_refused_fingerprint_is_said_in_words(new_visitor: Callable[..., Visitor]) -> None:
    visitor = new_visitor(language="en", width=1280)
    at_its_name(visitor)
    visitor.go("/id/login/")
    Fingerprint(visitor).holder(presses=True)  # but it holds no passkey of this site
    visitor.page.locator("passkey-ask form button").click()
    visitor.page.locator("[data-say='cancelled']").wait_for()
    visitor.look("login-no-passkey")


def test_without_script_the_page_offers_the_other_way(new_visitor: Callable[..., Visitor]) -> None:
    visitor = new_visitor(language="ja", width=390, script=False)
    visitor.register("kagi-noscript@example.jp")
    at_its_name(visitor)
    visitor.go("/id/login/?next=/id/otp/passkeys/add/")
    assert not visitor.page.locator("passkey-ask form").is_visible()
    give_password(visitor, "kagi-noscript@example.jp")
    visitor.at("/id/otp/passkeys/add/")
    assert not visitor.page.locator("passkey-ask form").is_visible()
    visitor.page.locator("passkey-ask noscript a").click()
    visitor.at("/id/otp/on/")
    secret = "".join(visitor.page.locator(".secret__group").all_inner_texts())
    visitor.fill(code=code_of(secret))
    visitor.press()
    visitor.at("/id/otp/codes/")
    assert visitor.page.locator("main code").count() == 10
