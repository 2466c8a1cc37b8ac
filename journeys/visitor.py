"""Somebody at a browser: goes to pages of the running demo and looks at each one closely."""

import re
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Request

from madoguchi.accounts.second_factor import code_of
from tests.running_demo import Demo, wait_until

SCREENSHOTS = Path(__file__).resolve().parents[1] / "var" / "journeys"
_AXE = Axe()
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What no tool reports: a page wider than its window, and a button whose label breaks over two lines.
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
    return flaws;
}"""


class Visitor:
    """One browser window in one language and width. Every answer of the site is watched for errors."""

    def __init__(self, browser: Browser, demo: Demo, *, language: str, width: int, script: bool = True) -> None:
        self.demo = demo
        self.language = language
        self.width = width
        self.troubles: list[str] = []
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale={"ja": "ja-JP", "en": "en-GB"}[language],
            timezone_id="Asia/Tokyo",
            java_script_enabled=script,
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
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
        """Keep a screenshot, and :meth:`check` the page."""
        self.page.wait_for_load_state("networkidle")
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}-{self.language}-{self.width}.png", full_page=True)
        self.check(name)

    def check(self, name: str) -> None:
        """Find no accessibility violation, nothing too wide, no broken label and no trouble on the way here."""
        results = _AXE.run(
            self.page, options={"runOnly": {"type": "tag", "values": _RULES}, "resultTypes": ["violations"]}
        )
        found = [
            f"{violation['id']}: {node['html'][:200]} ({node['failureSummary']})"
            for violation in results.response["violations"]
            for node in violation["nodes"]
        ]
        flaws = found + self.page.evaluate(_FLAWS)
        assert not flaws, f"{name} at {self.page.url}: {flaws}"
        assert self.page.locator("html").get_attribute("lang") == self.language
        assert not self.troubles, self.troubles

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

    def close(self) -> None:
        self.context.close()
