"""deploy/nginx.conf before an application that says anything of its pages: how long nginx shows what it has kept.

The pages of a rush take a way of their own; each rule is tried on one of them and on another page.
"""

import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.front import Front, running

WAYS = ["/notices/T-", "/faq/"]
PRIVATE = ["private", "no-store, private", "no-cache"]
_page = itertools.count()


@dataclass
class Application:
    """What it answers at each path, and how often it was asked there."""

    said: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)


@dataclass
class Site:
    front: Front
    application: Application

    def page(self, way: str, cache_control: str, *, status: int = 200, **headers: str) -> str:
        path = f"{way}{next(_page)}/"
        self.says(path, cache_control, status=status, **headers)
        return path

    def says(self, path: str, cache_control: str, *, status: int = 200, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.application.said[path] = status, {"Cache-Control": cache_control, **named}

    def cache(self, path: str) -> str:
        return self.front.ask(path)[1].get("x-cache", "")

    def until(self, path: str, *wanted: str) -> None:
        """Asks until nginx says one of ``wanted`` of the page."""
        end = time.monotonic() + 60
        while self.cache(path) not in wanted:
            assert time.monotonic() < end
            time.sleep(0.1)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    application = Application()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            count = application.asked[self.path] = application.asked.get(self.path, 0) + 1
            status, headers = application.said[self.path]
            etag = headers.get("ETag")
            known = etag is not None and self.headers.get("If-None-Match") == etag
            body = b"" if known else f"answer {count}".encode()
            self.send_response(304 if known else status)
            for name, value in headers.items():
                self.send_header(name, value)
            if not known:
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with running(Front(tmp_path_factory.mktemp("nginx"), application=server.server_port)) as front:
            yield Site(front, application)
    finally:
        server.shutdown()
        thread.join(30)
        server.server_close()


@pytest.mark.parametrize("way", WAYS)
def test_a_page_is_kept_as_long_as_it_says_each_time_anew(site: Site, way: str) -> None:
    path = site.page(way, "public, max-age=1, stale-while-revalidate=0")
    for _time in range(2):
        site.until(path, "MISS", "EXPIRED")
        assert site.cache(path) == "HIT"
    site.says(path, "public, max-age=60")
    site.until(path, "EXPIRED")
    asked = site.application.asked[path]
    assert {site.cache(path) for _time in range(12)} == {"HIT"}
    assert site.application.asked[path] == asked


@pytest.mark.parametrize("way", WAYS)
def test_a_page_that_has_not_changed_is_kept_as_long_again(site: Site, way: str) -> None:
    path = site.page(way, "public, max-age=1, stale-while-revalidate=0", ETag='"one"')
    for _time in range(2):
        site.until(path, "MISS", "REVALIDATED")
        assert site.cache(path) == "HIT"
    assert site.front.ask(path)[2] == b"answer 1"


@pytest.mark.parametrize("way", WAYS)
def test_a_page_that_is_private_now_is_kept_no_more(site: Site, way: str) -> None:
    pages = {
        site.page(way, "public, max-age=1, stale-while-revalidate=0"): private for private in [*PRIVATE, "max-age=0"]
    }
    assert {(site.cache(path), site.cache(path)) for path in pages} == {("MISS", "HIT")}
    for path, private in pages.items():
        site.says(path, private)
        site.until(path, "EXPIRED")
        asked = site.application.asked[path]
        assert {site.cache(path) for _time in range(3)} == {"EXPIRED"}
        assert site.application.asked[path] == asked + 3


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("said", [*PRIVATE, "private, max-age=60", "max-age=0", ""])
def test_a_page_that_does_not_say_how_long_is_never_kept(site: Site, way: str, said: str) -> None:
    path = site.page(way, said)
    assert [site.cache(path) for _time in range(3)] == ["MISS"] * 3


@pytest.mark.parametrize("way", WAYS)
def test_what_sets_a_cookie_is_never_kept(site: Site, way: str) -> None:
    path = site.page(way, "public, max-age=60", Set_Cookie="seen=1")
    assert [site.cache(path) for _time in range(3)] == ["MISS"] * 3


@pytest.mark.parametrize("way", WAYS)
def test_a_page_is_shown_while_a_newer_one_is_asked_for_and_no_longer(site: Site, way: str) -> None:
    path = site.page(way, "public, max-age=1, stale-while-revalidate=600")
    assert site.cache(path) == "MISS"
    site.until(path, "STALE")  # not EXPIRED: who asked waited for nothing
    site.until(path, "HIT")
    site.says(path, "public, max-age=1, stale-while-revalidate=1")
    site.until(path, "STALE")
    site.until(path, "HIT")
    clock = site.page(way, "public, max-age=3, stale-while-revalidate=0")
    site.until(clock, "EXPIRED")
    assert site.cache(path) == "EXPIRED"


@pytest.mark.parametrize("way", WAYS)
def test_an_error_does_not_take_the_place_of_a_page(site: Site, way: str) -> None:
    path = site.page(way, "public, max-age=1, stale-while-revalidate=0")
    assert site.cache(path) == "MISS"
    site.says(path, "no-store", status=503)
    site.until(path, "STALE")
    assert site.front.ask(path)[::2] == (200, b"answer 1")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("status", [200, 301, 404, 410, 500])
def test_a_browser_is_told_what_the_application_says_and_no_more(site: Site, way: str, status: int) -> None:
    path = site.page(way, "no-cache, private", status=status)
    said = site.front.ask(path)[1]
    assert said["cache-control"] == "no-cache, private"
    assert not [name for name in said if name.startswith("x-accel")]
