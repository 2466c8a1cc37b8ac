"""Whether the process lives (``/healthz``), whether it can serve (``/readyz``), and what a page says when it cannot."""

from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from madoguchi.shell import errors

log = structlog.get_logger(__name__)

# What a check answers: whether it is well, and one word or number to show.
Answer = tuple[bool, str | int | float]
_checks: dict[str, Callable[[], Answer]] = {}


def register(name: str, check: Callable[[], Answer]) -> None:
    """Add ``check`` to ``/readyz`` under ``name``; rooms call it when their application starts."""
    _checks[name] = check


def _database() -> Answer:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True, "ok"


register("database", _database)


@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """200 when every check is well, 503 otherwise, with the answer of each."""
    found: dict[str, str | int | float] = {}
    ready = True
    for name, check in _checks.items():
        try:
            well, found[name] = check()
        except (OperationalError, InterfaceError):
            well, found[name] = False, "away"
        ready = ready and well
    return JsonResponse(found, status=200 if ready else 503)


class DatabaseAwayMiddleware:
    """Says so, in the page's language, while the database cannot be reached. Nothing is kept of the failure.

    Django closes a broken connection at the end of its request, so the next one tries anew and recovers by itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as error:
            # A session that cannot be written comes here; a view's own failure comes through process_exception.
            return self._say(request, error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, (OperationalError, InterfaceError)):
            return self._say(request, exception)
        return None

    def _say(self, request: HttpRequest, error: Exception) -> HttpResponse:
        # The class alone: a driver's message may quote what was being written.
        log.error("database away", error=type(error).__name__)
        return errors.unavailable(request)
