"""Public pages kept in the memory of each process for a moment, in front of everything else.

When something is wrong everybody opens the same few pages at once. Each is then made, and compressed, once a second,
whoever asks; and while the application answers with an error, what was made last is shown, as long as the page itself
allows.
"""

import gzip
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils.http import parse_etags

FRESH = 1.0  # seconds a page is shown without making it anew: a first report is on it as good as at once
ROOM = 32 * 1024 * 1024  # bytes of pages; those not asked for the longest go first
LARGEST = 1024 * 1024  # bytes of one page
LONGEST_QUERY = 200  # characters; more is nothing a page of ours writes
PATIENCE = 10.0  # seconds to wait for another thread where what is kept is too old to be shown
_BESIDE = 2048  # bytes a page costs beside its body
SMALLEST = 500  # bytes; compressing less saves nothing worth having
# Of one request alone, or of the answer's body.
_OWN = {"x-request-id", "date", "age", "connection"}
_OF_BODY = {"content-length", "content-type", "content-encoding"}

_Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Form:
    """A page as it is sent: as it was made, or compressed."""

    headers: _Headers
    body: bytes


@dataclass(slots=True)
class _Page:
    """An answer with status 200. ``made`` and ``ask_at`` are seconds of the clock, the times beside them seconds."""

    plain: _Form
    packed: _Form | None
    etag: str
    vary: tuple[str, ...]
    while_asking: float
    when_away: float
    made: float
    ask_at: float
    asking: threading.Lock = field(default_factory=threading.Lock)


class KeptPages:
    """A WSGI application around another one.

    Kept are answers to GET with status 200 and ``Cache-Control: public, stale-if-error=…`` that set no cookie and do
    not vary by one, by host, path, query and what ``Vary`` names. Everything else passes through untouched.
    """

    def __init__(
        self, application: WSGIApplication, *, room: int = ROOM, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._application = application
        self._room = room
        self._clock = clock
        self._lock = threading.Lock()
        self._pages: OrderedDict[tuple[str, ...], _Page] = OrderedDict()
        # What the pages of an address vary by; an address has one such list at a time.
        self._varies: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._used = 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        address = _address(environ)
        if address is None:
            return self._application(environ, start_response)
        page = self._find(address, environ)
        if page is None:
            return self._make(address, environ, start_response, None)
        now = self._clock()
        if now < page.ask_at:
            return _show(page, now, environ, start_response)
        showable = now - page.made <= FRESH + page.while_asking
        if page.asking.acquire(timeout=0 if showable else PATIENCE):
            try:
                newer = self._find(address, environ)
                if newer is not None and newer is not page:  # made while this thread waited
                    return _show(newer, self._clock(), environ, start_response)
                return self._make(address, environ, start_response, page)
            finally:
                page.asking.release()
        return _show(page, now, environ, start_response)

    def _find(self, address: tuple[str, ...], environ: WSGIEnvironment) -> _Page | None:
        vary = self._varies.get(address)
        if vary is None:
            return None
        key = (*address, *(environ.get(name, "") for name in vary))
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
        return page

    def _make(
        self, address: tuple[str, ...], environ: WSGIEnvironment, start_response: StartResponse, before: _Page | None
    ) -> Iterable[bytes]:
        """The application's answer; instead of its error ``before``, if that may still be shown."""
        told: list[Any] = []

        def tell(status: str, headers: _Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            told[:] = status, headers, exc_info
            return _no_write

        answer = self._application(_unconditional(environ), tell)
        status, headers, exc_info = told
        if status.startswith("5") and before is not None:
            now = self._clock()
            if now - before.made <= FRESH + before.when_away:
                _close(answer)
                before.ask_at = now + FRESH
                return _show(before, now, environ, start_response)
        page = self._page(status, headers, answer)
        if page is None:
            self._forget(address, environ)
            start_response(status, headers, exc_info)
            return answer
        self._keep(address, environ, page)
        return _show(page, page.made, environ, start_response, request_id=dict(headers).get("X-Request-Id"))

    def _page(self, status: str, headers: _Headers, answer: Iterable[bytes]) -> _Page | None:
        """``answer`` as a page to keep, then read and closed; None, and untouched, where it is none."""
        said = {name.lower(): value for name, value in headers}
        allowed = _directives(said.get("cache-control", ""))
        vary = tuple(sorted({f"HTTP_{name.strip().upper().replace('-', '_')}" for name in _list(said.get("vary"))}))
        length = said.get("content-length", "")
        if not (
            status.startswith("200 ")
            and {"public", "stale-if-error"} <= allowed.keys()  # and no file, which costs nothing to make
            and not {"no-store", "private"} & allowed.keys()
            and "set-cookie" not in said
            and not {"HTTP_COOKIE", "HTTP_*"} & set(vary)
            and length.isdigit()
            and int(length) <= LARGEST
        ):
            return None
        try:
            body = b"".join(answer)
        finally:
            _close(answer)
        now = self._clock()
        plain = _Form([(name, value) for name, value in headers if name.lower() not in _OWN], body)
        plain, packed = _forms(plain, said)
        return _Page(
            plain=plain,
            packed=packed,
            etag=said.get("etag", ""),
            vary=vary,
            while_asking=_seconds(allowed, "stale-while-revalidate"),
            when_away=_seconds(allowed, "stale-if-error"),
            made=now,
            ask_at=now + FRESH,
        )

    def _keep(self, address: tuple[str, ...], environ: WSGIEnvironment, page: _Page) -> None:
        key = (*address, *(environ.get(name, "") for name in page.vary))
        with self._lock:
            self._drop(key)
            self._pages[key], self._varies[address] = page, page.vary
            self._used += _cost(page)
            while self._used > self._room:
                self._drop(next(iter(self._pages)))

    def _forget(self, address: tuple[str, ...], environ: WSGIEnvironment) -> None:
        vary = self._varies.get(address)
        if vary is not None:
            with self._lock:
                self._drop((*address, *(environ.get(name, "") for name in vary)))

    def _drop(self, key: tuple[str, ...]) -> None:
        """Forget a page, and of its address what it varies by; another variant of it writes that anew."""
        page = self._pages.pop(key, None)
        if page is not None:
            self._used -= _cost(page)
            self._varies.pop(key[: len(key) - len(page.vary)], None)


def _address(environ: WSGIEnvironment) -> tuple[str, ...] | None:
    """Host, path and query of what might be kept; None for everything else."""
    host = environ.get("HTTP_HOST", "")
    query = environ.get("QUERY_STRING", "")
    if (
        environ["REQUEST_METHOD"] != "GET"
        or len(query) > LONGEST_QUERY
        or "HTTP_AUTHORIZATION" in environ
        or "HTTP_HX_REQUEST" in environ  # asks for a part of a page
        or (settings.SECURE and environ.get("HTTP_X_FORWARDED_PROTO") != "https")  # is redirected
        or not _is_ours(host)
    ):
        return None
    return host, environ.get("PATH_INFO", ""), query


@lru_cache(maxsize=256)
def _is_ours(host: str) -> bool:
    """Whether the application answers to ``host``: nothing is kept under a name somebody invented."""
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def _show(
    page: _Page, now: float, environ: WSGIEnvironment, start_response: StartResponse, *, request_id: str | None = None
) -> list[bytes]:
    own = [("Age", str(int(now - page.made)))]
    if request_id:
        own.append(("X-Request-Id", request_id))
    form = page.packed if page.packed and _reads_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")) else page.plain
    asked = environ.get("HTTP_IF_NONE_MATCH")
    if asked and page.etag and _matches(asked, page.etag):
        left = [(name, value) for name, value in form.headers if name.lower() not in _OF_BODY]
        start_response("304 Not Modified", left + own)
        return []
    start_response("200 OK", form.headers + own)
    return [form.body]


def _forms(plain: _Form, said: dict[str, str]) -> tuple[_Form, _Form | None]:
    """The page as it was made and compressed, each saying that there is the other; alone where that saves nothing.

    What is public holds no secret, so that its length tells nobody anything (BREACH).
    """
    if len(plain.body) < SMALLEST or "content-encoding" in said:
        return plain, None
    packed = gzip.compress(plain.body, mtime=0)
    if len(packed) >= len(plain.body):
        return plain, None
    vary = ", ".join(filter(None, (said.get("vary"), "Accept-Encoding")))
    headers = [(name, value) for name, value in plain.headers if name.lower() != "vary"] + [("Vary", vary)]
    exchanged = {"content-length": str(len(packed)), "etag": f"W/{said.get('etag', '').removeprefix('W/')}"}
    of_packed = [(name, exchanged.get(name.lower(), value)) for name, value in headers]
    return _Form(headers, plain.body), _Form([*of_packed, ("Content-Encoding", "gzip")], packed)


def _cost(page: _Page) -> int:
    return len(page.plain.body) + (len(page.packed.body) if page.packed else 0) + _BESIDE


@lru_cache(maxsize=1024)
def _reads_gzip(accepted: str) -> bool:
    """What ``Accept-Encoding`` says (RFC 9110, 12.5.3)."""
    for one in accepted.lower().split(","):
        coding, _, weight = one.partition(";")
        if coding.strip() in {"gzip", "*"}:
            return weight.replace(" ", "").removeprefix("q=") not in {"0", "0.0", "0.00", "0.000"}
    return False


def _matches(asked: str, etag: str) -> bool:
    """RFC 9110, 13.1.2: a weak comparison."""
    wanted = [one.removeprefix("W/") for one in parse_etags(asked)]
    return wanted == ["*"] or etag.removeprefix("W/") in wanted


def _unconditional(environ: WSGIEnvironment) -> WSGIEnvironment:
    """The request for the whole page, whatever the asker has of it already."""
    left_out = {"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE"}
    return {name: value for name, value in environ.items() if name not in left_out}


def _list(value: str | None) -> Iterator[str]:
    return (one for one in (value or "").split(",") if one.strip())


def _directives(value: str) -> dict[str, str]:
    pairs = (one.strip().lower().partition("=") for one in value.split(","))
    return {name: given for name, _, given in pairs}


def _seconds(allowed: dict[str, str], name: str) -> float:
    given = allowed.get(name, "")
    return float(given) if given.isdigit() else 0.0


def _close(answer: Iterable[bytes]) -> None:
    """The application learns that its answer is over (PEP 3333), and lets go of its database connection."""
    close = getattr(answer, "close", None)
    if close is not None:
        close()


def _no_write(_data: bytes) -> object:
    raise NotImplementedError("the application answers with an iterable")
