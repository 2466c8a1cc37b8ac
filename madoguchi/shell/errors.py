"""Error pages in both languages, each with the request's id. They need no database, no session and no context."""

import math
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.utils.translation import override

from madoguchi.shell import context, languages, problems
from madoguchi.shell.logs import request_id

RETRY_AFTER_SECONDS = 30


def page(request: HttpRequest, status: int, **more: Any) -> HttpResponse:
    """The page ``errors/<status>.html`` in the language of the path, or a program's document. Never kept by anybody."""
    if request.path_info.startswith(problems.API):
        return problems.problem(request, status)
    # Rendered without the request's own context processors: whatever failed may be behind one of them.
    with override(languages.of_path(request.path_info)):
        text = render_to_string(
            f"errors/{status}.html",
            {**context.shell(), "request": request, "request_id": request_id.get(), "status": status, **more},
        )
    response = HttpResponse(text, status=status)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or came from somewhere else: 403 with what to do."""
    return page(request, 403, csrf=True)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: a view of its own, which nginx asks for in place of what it did not take."""
    return page(request, 413)


def too_many(request: HttpRequest, *, retry_after: int | None = None) -> HttpResponse:
    """429: for views that keep a limit. ``retry_after``: seconds."""
    response = page(request, 429, minutes=math.ceil(retry_after / 60) if retry_after else None)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database is away for the moment."""
    response = page(request, 503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


class NotAllowedMiddleware:
    """Answers whoever opens the address of a button in a browser, by its history or a page that ended, with a page.

    Programs get what Django says to them: the status and the methods allowed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method == "GET" and _reads_pages(request):
            allowed, response = response["Allow"], page(request, 405)
            response["Allow"] = allowed
        return response


def _reads_pages(request: HttpRequest) -> bool:
    return "text/html" in request.headers.get("Accept", "")
