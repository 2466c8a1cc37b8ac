"""``/api/v1/…``: what is public for GET and HEAD, for pages of any site, and kept like the public pages.

What is for the operator's own systems is for no page of any site, and kept by nobody.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from madoguchi.api.v1.api import api
from madoguchi.shell.cacheable import public_page
from madoguchi.shell.problems import problem

app_name = "api"
FOR_SYSTEMS = ("customers", "contracts", "batches")
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


def _for_systems(view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            allowed, response = response["Allow"], problem(request, 405)
            response["Allow"] = allowed
        patch_vary_headers(response, ["Authorization"])
        return response

    return csrf_exempt(never_cache(answer))


def _served() -> list[URLPattern]:
    found = (pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern))
    patterns = [pattern for pattern in found if pattern.name != "api-root"]
    for pattern in patterns:
        private = str(pattern.pattern).startswith(FOR_SYSTEMS)
        pattern.callback = (_for_systems if private else _open)(pattern.callback)
    return patterns


urlpatterns = _served()
