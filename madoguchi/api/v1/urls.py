"""``/api/v1/…``: each address for GET and HEAD, for pages of any site, and kept like the public pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from madoguchi.api.v1.api import api
from madoguchi.shell.cacheable import public_page
from madoguchi.shell.problems import problem

app_name = "api"
View = Callable[..., HttpResponse]


def _open(view: View) -> View:
    kept = public_page(view)

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            refused = problem(request, 405)
            refused["Allow"] = "GET, HEAD"
            return refused
        # The library's views know GET alone; the server leaves the body of an answer to HEAD out.
        method, request.method = request.method, "GET"
        try:
            response = kept(request, *args, **kwargs)
        finally:
            request.method = method
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return answer


def _served() -> list[URLPattern]:
    found = (pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern))
    patterns = [pattern for pattern in found if pattern.name != "api-root"]
    for pattern in patterns:
        pattern.callback = _open(pattern.callback)
    return patterns


urlpatterns = _served()
