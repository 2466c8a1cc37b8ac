"""Error pages in both languages, each with the request's id."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from madoguchi.shell.logs import request_id


def _page(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, f"errors/{status}.html", {"request_id": request_id.get()}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403)


def too_many(request: HttpRequest) -> HttpResponse:
    """429: for views that keep a limit."""
    return _page(request, 429)
