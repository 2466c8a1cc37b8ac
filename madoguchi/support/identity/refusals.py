"""What a page answers when it was asked too often, or when too many log in at this moment."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from madoguchi.accounts.hashers import HashingBusy
from madoguchi.accounts.limits import TooMany
from madoguchi.shell.errors import too_many


def patient(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Turn a full limit into the 429 page and a login storm into a 503 page, instead of a failure."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except TooMany:
            return too_many(request)
        except HashingBusy:
            response = render(request, "identity/busy.html", status=503)
            response["Retry-After"] = "30"
            return response

    return guarded
