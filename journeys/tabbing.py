"""The Tab key through a whole page and back: what it reaches, in which order, and whether one sees where it is."""

from pathlib import Path

from playwright.sync_api import Page

# Fields of date and time have a stop for each of their parts, and a page ends some time.
_MORE = 10
_PATIENCE = 400
_PREPARE = Path(__file__).with_suffix(".js").read_text()


def flaws_of_tab_key(page: Page, *, back: bool) -> list[str]:
    """What somebody without a mouse stumbles over on the page now shown, each as a sentence.

    Forwards to the end and, with ``back``, backwards to the beginning: everything the mouse can use is reached in
    document order, the skip link first, each stop has a ring that it has not otherwise and lies on top, and nothing
    holds the focus.
    """
    page.evaluate(_PREPARE)
    found: list[str] = []
    for key in ("Tab", "Shift+Tab") if back else ("Tab",):
        if key != "Tab":
            page.keyboard.down("Shift")
        presses = page.evaluate("back => tabWalk.begin(back)", key != "Tab") + 1
        pressed = 0
        while not page.evaluate("() => tabWalk.over") and pressed < _PATIENCE:
            for _press in range(presses):
                page.keyboard.down("Tab")  # held: it repeats
            page.evaluate("() => tabWalk.see()")
            pressed += presses
            presses = _MORE
        page.keyboard.up("Tab")
        if pressed >= _PATIENCE:
            where = page.evaluate("() => document.activeElement.outerHTML")
            found.append(f"{key} does not come to the end of the page: it is at {where[:120]}")
        found += page.evaluate("() => tabWalk.missed()")
    page.keyboard.up("Shift")
    return found + list(page.evaluate("() => tabWalk.leave()"))
