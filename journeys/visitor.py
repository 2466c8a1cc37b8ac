"""Somebody at a browser: goes to pages of the running demo and looks at each one closely."""

import os
import re
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Locator, Page, Request

from journeys.tabbing import flaws_of_tab_key
from madoguchi.accounts.second_factor import code_of
from tests.running_demo import Demo, wait_until

# A folder for a picture of every state a journey looks at, for people to leaf through.
SCREENSHOTS = os.environ.get("MADOGUCHI_SCREENSHOTS")
WIDTHS = (1280, 390)
# What it finds, alone: everything it looked at would be much to send.
_RUN_AXE = """async options => (await axe.run(options)).violations.flatMap(
    found => found.nodes.map(node => `${found.id}: ${node.html.slice(0, 200)} (${node.failureSummary})`))"""
_ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# What of it depends on the width and the length of the words. Colours depend on the width alone: one language sees them
# at one width, the other language at the other.
_LAYOUT = {"type": "rule", "values": ["target-size", "scrollable-region-focusable"]}
# The corner of the header, and what waits for it, come after the page (shell/corner.html).
_COMING = ".corner[hx-get], .htmx-request"
# What no tool reports: a page wider than its window, a button whose label breaks over two lines, a page of the main
# navigation beyond the edge of the window.
_FLAWS = """() => {
    const flaws = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) flaws.push(`page is ${root.scrollWidth} px wide`);
    for (const button of document.querySelectorAll('.button')) {
        const range = document.createRange();
        range.selectNodeContents(button);
        const tops = [...range.getClientRects()].filter(r => r.width > 1).map(r => r.top + r.height / 2);
        if (Math.max(...tops) - Math.min(...tops) > 16) flaws.push(`broken label: ${button.textContent.trim()}`);
    }
    for (const link of document.querySelectorAll('.site-nav__link')) {
        const end = link.getBoundingClientRect().right;
        if (end > root.clientWidth) flaws.push(`out of sight: ${link.textContent.trim()}`);
    }
    return flaws;
}"""


class Visitor:
    """One browser window in one language and width. Every answer of the site is watched for errors."""

    def __init__(self, browser: Browser, demo: Demo, *, language: str, width: int, script: bool = True) -> None:
        self.demo = demo
        self.language = language
        self.width = width
        self.script = script
        self.troubles: list[str] = []
        self.browser = browser
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale={"ja": "ja-JP", "en": "en-GB"}[language],
            timezone_id="Asia/Tokyo",
            java_script_enabled=script,
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(30_000)  # the machine may be busy with other tests
        self.page.on("request", self._watch_request)
        self.page.on("console", lambda message: self._trouble(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self._trouble(str(error)))

    def _watch_request(self, request: Request) -> None:
        if not request.url.startswith((self.demo.site, "data:")):
            self._trouble(f"request to {request.url}")

    def _trouble(self, text: str) -> None:
        # A refused form is answered with 422 and a used link with 410, which the browser reports as failed loads.
        if not any(f"status of {expected}" in text for expected in (410, 422)):
            self.troubles.append(f"{self.page.url}: {text}")

    def path(self, path: str) -> str:
        return f"/en{path}" if self.language == "en" else path

    def go(self, path: str) -> None:
        response = self.page.goto(self.demo.site + self.path(path))
        assert response
        assert response.ok, f"{path}: {response.status}"

    def open(self, link: str) -> None:
        """Open a link of a mail."""
        assert link.startswith(self.demo.site), link
        self.page.goto(link)

    def at(self, path: str) -> None:
        """The page now shown has this path."""
        self.page.wait_for_url(lambda url: url.split("?")[0] == self.demo.site + self.path(path))

    def fill(self, **fields: Any) -> None:
        """Fill in fields by their names; ``True`` ticks a box."""
        for name, value in fields.items():
            field = self.page.locator(f"main [name='{name}']")
            if value is True:
                field.first.check()
            else:
                field.first.fill(str(value))

    def button(self, variant: str = "primary") -> Locator:
        return self.page.locator(f"main .button[data-variant='{variant}']").first

    def press(self, variant: str = "primary") -> None:
        """Press the first button of that kind, and be on the page after it."""
        self.button(variant).click()
        self.page.wait_for_load_state()

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def look(self, name: str) -> None:
        """Find nothing wrong with the page now shown; keep a picture of it when pictures are asked for."""
        self.page.wait_for_load_state()
        if SCREENSHOTS:
            Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            path = Path(SCREENSHOTS) / f"{name}-{self.language}-{self.width}.png"
            self.page.screenshot(path=path, full_page=True)
        flaws = self.flaws()
        assert not flaws, f"{name}: " + "\n".join(flaws)

    def flaws(self, *, back: bool = False) -> list[str]:
        """What is wrong with the page now shown: by all of axe's rules and the Tab key (``back``: and the way back) at
        the visitor's width, by the rules about layout at the other width too; and what went wrong on the way here.
        """
        if self.script:
            self.page.wait_for_selector(_COMING, state="detached")
        flaws = self._flaws(_ALL)
        for width in WIDTHS:
            if width != self.width:
                self._resize(width)
                flaws += [f"at {width} px: {flaw}" for flaw in self._flaws(_LAYOUT)]
        self._resize(self.width)
        flaws += flaws_of_tab_key(self.page, back=back)
        if self.page.locator("html").get_attribute("lang") != self.language:
            flaws.append("the wrong language")
        told, self.troubles = self.troubles, []
        return [f"{self.page.url}: {flaw}" for flaw in flaws] + told

    def _resize(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": 900})

    def _flaws(self, rules: dict[str, Any]) -> list[str]:
        """What axe finds, and what no tool reports, at the width the window has."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        options = {"runOnly": rules, "resultTypes": ["violations"]}
        return [*self.page.evaluate(_RUN_AXE, options), *self.page.evaluate(_FLAWS)]

    def log_in(self, email: str, *, next_page: str = "") -> None:
        self.go("/id/login/" + (f"?next={next_page}" if next_page else ""))
        self.fill(email=email, password="aoi-madoguchi-1")
        self.press()

    def register(self, email: str) -> None:
        """Get a customer ID without looking around, and be logged in."""
        password = "uguisu-no-koe-77"
        self.go("/id/register/")
        self.fill(email=email, password=password, password_again=password)
        self.fill(family_name_kana="ヤマノ", given_name_kana="ミドリ")
        self.fill(birth_date_year="1984", birth_date_month="5", birth_date_day="17")
        self.press()
        self.at("/id/register/confirm/")
        self.press()
        self.at("/id/register/sent/")
        self.open(self.link_of_mail(email, "/id/activate/"))
        self.fill(password=password)
        self.press()
        self.at("/id/activate/done/")

    def link_of_mail(self, to: str, part: str) -> str:
        """The first link with ``part`` in the newest mail to ``to``."""
        return next(link for link in self.demo.mail(to)["links"] if part in link)

    def one_time_code(self, email: str) -> str:
        return str(self.demo.json("/demo/authenticator.json", login=email)["code"])

    def code_of_secret(self) -> str:
        """What an authenticator would show that was given the key on this page."""
        secret = "".join(self.page.locator("main .secret").inner_text().split())
        return code_of(secret)

    def code_sent_to(self, number: str) -> str:
        """The six digits of the newest message or call to a number, waited for."""
        arrived: list[dict[str, str]] = []

        def one() -> bool:
            arrived[:] = self.demo.json("/demo/telephone.json", to=number)
            return bool(arrived)

        wait_until(one)
        return "".join(re.findall(r"[0-9]", arrived[0]["text"]))[-6:]

    def like(self, **difference: Any) -> "Visitor":
        """Another window of the same person, signed in alike, which differs in language, width or script."""
        same = {"language": self.language, "width": self.width, "script": self.script}
        other = Visitor(self.browser, self.demo, **{**same, **difference})
        # A cookie as it is read has fields that one to be set may have not: the type says other, the values fit.
        other.context.add_cookies(self.context.cookies())  # type: ignore[arg-type]  # what it gave, it takes
        return other

    def close(self) -> None:
        self.context.close()
