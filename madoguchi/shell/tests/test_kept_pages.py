"""Public pages kept for a moment in front of the application: which, for how long, and what stands in for errors."""

import gzip
import threading
from wsgiref.util import setup_testing_defaults

import pytest
from django.test import override_settings

from madoguchi.shell import kept_pages
from madoguchi.shell.kept_pages import FRESH, KeptPages

PUBLIC = "public, max-age=30, stale-while-revalidate=60, stale-if-error=86400"


class Site:
    """An application that counts how often it is asked, and answers as it is told to."""

    def __init__(self):
        self.status, self.headers, self.control = "200 OK", [], PUBLIC
        self.asked, self.closed, self.now = 0, 0, 1000.0
        self.meanwhile = None
        self.filling = ""
        self.kept = KeptPages(self, clock=lambda: self.now)

    def __call__(self, environ, start_response):
        assert "HTTP_IF_NONE_MATCH" not in environ or environ["REQUEST_METHOD"] != "GET" or self.control != PUBLIC
        self.asked += 1
        number = self.asked
        if self.meanwhile:
            self.meanwhile()
        body = f"{environ['HTTP_HOST']}{environ['PATH_INFO']} {number}{self.filling}".encode()
        headers = [("Cache-Control", self.control), ("ETag", f'"{number}"'), ("Content-Length", str(len(body)))]
        start_response(self.status, [*headers, ("X-Request-Id", f"made-{number}"), *self.headers])
        return Answer(self, body)

    def get(self, path="/", *, host="localhost", method="GET", query="", **headers):
        environ = {"HTTP_HOST": host, "PATH_INFO": path, "REQUEST_METHOD": method, "QUERY_STRING": query, **headers}
        setup_testing_defaults(environ)
        told = []

        def tell(status, headers, exc_info=None):
            told.append((status, dict(headers)))
            return kept_pages._no_write

        answer = self.kept(environ, tell)
        body = b"".join(answer)
        getattr(answer, "close", lambda: None)()
        ((status, said),) = told
        if said.get("Content-Encoding") == "gzip":
            assert said["Content-Length"] == str(len(body))
            body = gzip.decompress(body)
        return int(status[:3]), said, body.decode()


class Answer:
    def __init__(self, site, body):
        self.site, self.body = site, body

    def __iter__(self):
        return iter([self.body])

    def close(self):
        self.site.closed += 1


@pytest.fixture
def site():
    with override_settings(ALLOWED_HOSTS=["localhost", "other.example"], SECURE=False):
        kept_pages._is_ours.cache_clear()
        yield Site()
    kept_pages._is_ours.cache_clear()


def test_a_page_is_made_once_a_second(site):
    assert site.get()[2] == "localhost/ 1"
    site.now += FRESH / 2
    status, said, body = site.get()
    assert (status, body, said["Age"]) == (200, "localhost/ 1", "0")
    assert said["Cache-Control"] == PUBLIC
    assert "X-Request-Id" not in said  # it was another request's
    site.now += FRESH
    assert [site.get()[2] for _time in range(2)] == ["localhost/ 2", "localhost/ 2"]
    assert site.closed == site.asked == 2


@pytest.mark.parametrize(
    ("control", "headers", "status"),
    [
        ("private", [], "200 OK"),
        ("no-store", [], "200 OK"),
        ("public, max-age=315360000, immutable", [], "200 OK"),
        (f"{PUBLIC}, no-store", [], "200 OK"),
        (PUBLIC, [("Set-Cookie", "a=b")], "200 OK"),
        (PUBLIC, [("Vary", "Cookie")], "200 OK"),
        (PUBLIC, [("Vary", "*")], "200 OK"),
        (PUBLIC, [], "302 Found"),
        (PUBLIC, [], "404 Not Found"),
        (PUBLIC, [], "503 Service Unavailable"),
    ],
)
def test_everything_else_passes_through(site, control, headers, status):
    site.control, site.headers, site.status = control, headers, status
    assert [site.get()[2] for _time in range(2)] == ["localhost/ 1", "localhost/ 2"]
    assert site.closed == 2


@pytest.mark.parametrize(
    "how",
    [
        {"method": "POST"},
        {"method": "HEAD"},
        {"HTTP_AUTHORIZATION": "Bearer x"},
        {"HTTP_HX_REQUEST": "true"},
        {"host": "invented.example"},
        {"host": ""},
        {"query": "a=" + "b" * 300},
    ],
)
def test_these_requests_are_nobody_elses(site, how):
    site.get()
    assert site.get(**how)[2].endswith(" 2")
    assert site.get(**how)[2].endswith(" 3")


def test_hosts_paths_queries_and_what_vary_names_do_not_mix(site):
    site.headers = [("Vary", "Accept-Language")]
    asked = [
        {},
        {"host": "other.example"},
        {"path": "/en/"},
        {"query": "page=2"},
        {"HTTP_ACCEPT_LANGUAGE": "en"},
        {"HTTP_ACCEPT_LANGUAGE": "ja"},
    ]
    first = [site.get(**how)[2] for how in asked]
    assert [site.get(**how)[2] for how in asked] == first
    assert len(set(first)) == site.asked == len(asked)


def test_a_cookie_changes_nothing(site):
    assert site.get(HTTP_COOKIE="session=alice")[2] == site.get(HTTP_COOKIE="session=bob")[2]


def test_who_has_it_gets_304(site):
    site.get()
    status, said, body = site.get(HTTP_IF_NONE_MATCH='"9", W/"1"')
    assert (status, body, said["ETag"]) == (304, "", '"1"')
    assert "Content-Length" not in said
    assert site.get(HTTP_IF_NONE_MATCH='"9"')[0] == 200
    site.now += FRESH * 2  # made anew whole, whatever the asker has
    assert site.get(HTTP_IF_NONE_MATCH='"1"')[0::2] == (200, "localhost/ 2")


def test_while_the_application_fails_the_last_page_is_shown_for_a_day(site):
    site.get()
    site.status, site.now = "503 Service Unavailable", site.now + 3600
    status, said, body = site.get()
    assert (status, body, said["Age"]) == (200, "localhost/ 1", "3600")
    assert site.get()[2] == "localhost/ 1"
    assert site.asked == 2  # a second passes before it is asked again
    site.now += 86400
    assert site.get()[0] == 503
    site.status = "200 OK"
    assert site.get()[0::2] == (200, "localhost/ 4")


def test_a_page_that_is_gone_is_not_shown_again(site):
    site.get()
    site.status, site.now = "404 Not Found", site.now + 2
    assert site.get()[0] == 404
    site.status = "503 Service Unavailable"
    assert site.get()[0] == 503


def test_while_one_asks_the_others_get_what_is_there(site):
    site.get()
    site.now += 2
    seen = []
    site.meanwhile = lambda: seen.append(site.get()[2])
    assert site.get()[2] == "localhost/ 2"
    assert seen == ["localhost/ 1"]


def test_what_is_too_old_is_waited_for(site):
    site.get()
    site.now += 120
    seen: list[str] = []
    waiting: list[threading.Thread] = []

    def meanwhile():
        site.meanwhile = None
        other = threading.Thread(target=lambda: seen.append(site.get()[2]))
        other.start()
        waiting.append(other)

    site.meanwhile = meanwhile
    assert site.get()[2] == "localhost/ 2"
    waiting[0].join()
    assert seen == ["localhost/ 2"]


def test_invented_queries_fill_no_memory(site):
    site.kept = KeptPages(site, clock=lambda: site.now, room=10_000)
    site.get()
    for number in range(50):
        site.get(query=f"n={number}")
        assert site.get()[2] == "localhost/ 1"  # what everybody asks for stays
    assert site.kept._used <= 10_000
    assert len(site.kept._varies) == len(site.kept._pages) < 6


def test_with_tls_only_what_came_by_tls_is_kept(site):
    with override_settings(SECURE=True):
        assert site.get(HTTP_X_FORWARDED_PROTO="https")[2] == site.get(HTTP_X_FORWARDED_PROTO="https")[2]
        assert site.get(HTTP_X_FORWARDED_PROTO="http")[2].endswith(" 2")
        assert site.get()[2].endswith(" 3")


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip, deflate, br", True),
        ("*", True),
        ("br;q=1, gzip;q=0.5", True),
        ("gzip; q=0", False),
        ("identity", False),
        ("", False),
    ],
)
def test_who_reads_gzip_gets_the_page_compressed(site, accepted, packed):
    site.filling = " word" * 200
    status, said, body = site.get(HTTP_ACCEPT_ENCODING=accepted)
    assert (status, body) == (200, f"localhost/ 1{site.filling}")
    assert ("Content-Encoding" in said) is packed
    assert said["ETag"] == ('W/"1"' if packed else '"1"')
    assert said["Vary"] == "Accept-Encoding"
    assert site.get(HTTP_IF_NONE_MATCH='W/"1"')[0] == site.get(HTTP_IF_NONE_MATCH='"1"')[0] == 304
    assert site.asked == 1


@pytest.mark.parametrize("headers", [[("Content-Encoding", "br")], []])
def test_what_is_small_or_compressed_already_is_left_as_it_is(site, headers):
    site.headers = headers
    site.filling = " word" * 200 if headers else ""
    said = site.get(HTTP_ACCEPT_ENCODING="gzip")[1]
    assert (said.get("Content-Encoding"), said.get("Vary")) == (dict(headers).get("Content-Encoding"), None)
