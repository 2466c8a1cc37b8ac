"""Who is at the mall: a session of its own, apart from the customer's at the provider."""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

_COOKIE = "mall"
_SECONDS = 3600


def visiting(view: Callable[[HttpRequest, dict[str, Any]], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give ``view`` the visit, a mapping that is kept on this side; the browser has its random name alone."""

    @wraps(view)
    def kept(request: HttpRequest) -> HttpResponse:
        name = request.COOKIES.get(_COOKIE, "")
        visit = cache.get(_key(name)) if name else None
        if visit is None:
            name, visit = secrets.token_urlsafe(24), {}
        response = view(request, visit)
        cache.set(_key(name), visit, _SECONDS)
        response.set_cookie(_COOKIE, name, max_age=_SECONDS, path="/", httponly=True, samesite="Lax")
        return response

    return kept


def _key(name: str) -> str:
    return f"mall:{name[:64]}"
