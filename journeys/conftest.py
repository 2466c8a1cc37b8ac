"""One real demo for all journeys, and one browser; each journey in both languages, on a screen and on a phone.

Each page on the way is looked at in both widths whichever the visitor has (``Visitor.check``).
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from journeys.visitor import Visitor
from tests.running_demo import Demo, RunningDemo

_SITE = "madoguchi_site"
_shared: list[tuple[RunningDemo, tempfile.TemporaryDirectory[str]]] = []


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """The processes of pytest-xdist share one demo, which the process that hands out the tests starts and ends."""
    if not _shared and not os.environ.get("MADOGUCHI_JOURNEYS"):
        folder = tempfile.TemporaryDirectory()
        _shared.append((RunningDemo(Path(folder.name)), folder))
    if _shared:
        node.workerinput[_SITE] = _shared[0][0].site


def pytest_unconfigure() -> None:
    while _shared:
        demo, folder = _shared.pop()
        demo.end()
        folder.cleanup()


@pytest.fixture(scope="session")
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    shared = getattr(request.config, "workerinput", {}).get(_SITE)
    # MADOGUCHI_JOURNEYS: while writing a journey, a demo that runs already.
    if site := os.environ.get("MADOGUCHI_JOURNEYS") or shared:
        demo = Demo(site)
        demo.wait_until_it_answers()
        yield demo
        return
    own = RunningDemo(tmp_path_factory.mktemp("journeys"))
    yield own.wait_until_ready()
    own.end()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert program, "no Chromium: tests/install-browser says what to install"
    quiet = ("quic", "background-networking", "component-update", "sync", "gpu", "default-apps")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--no-first-run", *(f"--disable-{word}" for word in quiet)]
        )
        yield browser
        browser.close()


@pytest.fixture(params=["ja-1280", "en-390"])
def visitor(request: pytest.FixtureRequest, new_visitor: Callable[..., Visitor]) -> Visitor:
    language, width = request.param.split("-")
    return new_visitor(language=language, width=int(width))


@pytest.fixture
def new_visitor(browser: Browser, demo: Demo) -> Iterator[Callable[..., Visitor]]:
    visitors: list[Visitor] = []

    def new(*, language: str, width: int, script: bool = True) -> Visitor:
        visitors.append(Visitor(browser, demo, language=language, width=width, script=script))
        return visitors[-1]

    yield new
    for each in visitors:
        each.close()
