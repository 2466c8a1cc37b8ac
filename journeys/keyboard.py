"""Somebody without a mouse: reaches everything with the Tab key, sees where the focus is, presses Enter or Space."""

from typing import Any

from journeys.visitor import Visitor

# Enough for the longest page; a page that needs more is one nobody reaches the end of.
_PATIENCE = 120
_FOCUSED = """wanted => {
    const on = document.activeElement;
    return on !== null && on.matches(wanted);
}"""
# An outline or a ring, as the browser has computed it; and inside the window.
_SHOWN = """() => {
    const on = document.activeElement, style = getComputedStyle(on), box = on.getBoundingClientRect();
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== 'none';
    return { ring, inside: box.bottom > 0 && box.top < innerHeight, what: on.outerHTML.slice(0, 120) };
}"""


class Keyboard:
    """The keys of a visitor's keyboard, and nothing else."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page = visitor.page

    def to(self, selector: str) -> None:
        """Tab on until the focus is on what ``selector`` names; each stop on the way is seen."""
        for _press in range(_PATIENCE):
            if self.page.evaluate(_FOCUSED, selector):
                return
            self.page.keyboard.press("Tab")
            shown = self.page.evaluate(_SHOWN)
            assert shown["ring"], f"no focus to be seen on {shown['what']}"
            assert shown["inside"], f"the focus is out of sight on {shown['what']}"
        raise AssertionError(f"the Tab key does not reach {selector} at {self.page.url}")

    def fill(self, **fields: Any) -> None:
        """Reach fields by their names, in the order given, and type."""
        for name, value in fields.items():
            self.to(f"main [name='{name}']")
            self.page.keyboard.press("ControlOrMeta+a")
            self.page.keyboard.type(str(value))

    def tick(self, name: str, value: str = "") -> None:
        self.to(f"main [name='{name}']" + (f"[value='{value}']" if value else ""))
        self.page.keyboard.press("Space")

    def press(self, selector: str = "main .button[data-variant='primary']") -> None:
        """Reach a button or a link, press Enter, and be on the page after it."""
        self.to(selector)
        self.enter()

    def jump(self, selector: str) -> None:
        """Reach a link into this page, and press Enter."""
        self.to(selector)
        self.page.keyboard.press("Enter")

    def enter(self) -> None:
        """Press Enter where the focus is (a field sends its form), and be on the page after it."""
        # Its load, not any navigation: a page with errors writes to the browser's history as its form is sent.
        with self.page.expect_event("load"):
            self.page.keyboard.press("Enter")
