"""Every request has an id: in its log lines, in the answer, and on the error page a customer reads to us.

Each request leaves one line: method, name of the page (never the path, which may carry a mail link's token), status,
milliseconds.
"""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from madoguchi.shell.logs import request_id

log = structlog.get_logger(__name__)

_ACCEPTED = re.compile(r"[0-9A-Za-z-]{8,40}")
# Asked every few seconds by machines; a line of each would bury the rest.
_SILENT = {"/healthz", "/readyz"}


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        current = given if _ACCEPTED.fullmatch(given) else uuid.uuid4().hex[:16]
        token = request_id.set(current)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            if request.path_info not in _SILENT:
                log.info(
                    "request",
                    method=request.method,
                    page=request.resolver_match.view_name if request.resolver_match else "",
                    status=response.status_code,
                    ms=round((time.perf_counter() - started) * 1000),
                )
        finally:
            request_id.reset(token)
        response["X-Request-Id"] = current
        return response
