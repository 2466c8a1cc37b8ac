"""``/metrics``: the figures of this installation, for Prometheus. ``docs/operation.md`` lists them.

Two kinds. What the processes count themselves (requests, their time): all that one server started count together, see
:mod:`madoguchi.shell.counting_together`. And what the database knows (queues, mailings, relays), registered by the
rooms, asked when somebody asks and then kept for ten seconds.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable
from ipaddress import ip_address, ip_network

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

log = structlog.get_logger(__name__)

PATH = "/metrics"
KEPT = 10.0  # seconds
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_counted = CollectorRegistry()
_REQUESTS = Counter(
    "madoguchi_requests", "Requests answered, by page.", ["page", "method", "status"], registry=_counted
)
_SECONDS = Histogram(
    "madoguchi_request_seconds", "How long answers took.", ["page"], buckets=_BUCKETS, registry=_counted
)
_METHODS = {"GET", "HEAD", "POST"}

_collectors: list[Callable[[], Iterable[Metric]]] = []


def register(collect: Callable[[], Iterable[Metric]]) -> None:
    """Add what the database knows to ``/metrics``; rooms call it when their application starts."""
    _collectors.append(collect)


class _Stored(Collector):
    """Asks every room, and says whether the database answered; keeps the answer for everybody who asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._found: list[Metric] = []

    def collect(self) -> Iterable[Metric]:
        with self._lock:
            if time.monotonic() >= self._until:
                self._found = _ask()
                self._until = time.monotonic() + KEPT
            return self._found

    def describe(self) -> Iterable[Metric]:
        return []

    def forget(self) -> None:
        self._until = 0.0


def _ask() -> list[Metric]:
    found: list[Metric] = []
    answered = True
    for collect in _collectors:
        try:
            found += collect()
        except DatabaseError as error:
            log.error("figures.database_away", error=type(error).__name__)
            answered = False
            break
    up = GaugeMetricFamily("madoguchi_database_up", "1 while the database answers.", value=int(answered))
    return [up, *found]


stored = _Stored()


def written() -> bytes:
    """All figures in Prometheus' text format."""
    counted = _counted
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    known = CollectorRegistry()
    known.register(stored)
    return generate_latest(counted) + generate_latest(known)


def allowed(request: HttpRequest) -> bool:
    """With the token; or from one of the networks, without a proxy in between."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}")
    if "X-Forwarded-For" in request.headers:
        return False
    try:
        caller = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(caller in ip_network(network) for network in settings.METRICS_NETWORKS)


class FiguresMiddleware:
    """Answers ``/metrics`` and measures everything else. The first of all: it asks for no host name and no session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == PATH:
            return self._answer(request)
        began = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - began
        # The page's name, never its path: that may hold a token, and there would be no end of them.
        page = request.resolver_match.view_name if request.resolver_match else ""
        method = request.method if request.method in _METHODS else "other"
        _REQUESTS.labels(page, method, response.status_code).inc()
        _SECONDS.labels(page).observe(took)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if not allowed(request):
            return HttpResponse(status=404)
        return HttpResponse(written(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
