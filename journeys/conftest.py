"""One real demo for all journeys, and one browser; each journey in both languages at both widths."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from journeys.visitor import Visitor
from tests.running_demo import Demo, RunningDemo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    if site := os.environ.get("MADOGUCHI_JOURNEYS"):  # while writing a journey: a demo that runs already
        yield Demo(site)
        return
    demo = RunningDemo(tmp_path_factory.mktemp("journeys"))
    yield demo.wait_until_ready()
    demo.end()


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


@pytest.fixture(params=["ja-1280", "en-1280", "ja-390", "en-390"])
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
