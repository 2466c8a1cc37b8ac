"""Every request has an id: in its log lines, in the answer, and on the error page a customer reads to us."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from madoguchi.shell.logs import request_id

_ACCEPTED = re.compile(r"[0-9A-Za-z-]{8,40}")


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        current = given if _ACCEPTED.fullmatch(given) else uuid.uuid4().hex[:16]
        token = request_id.set(current)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-Id"] = current
        return response
