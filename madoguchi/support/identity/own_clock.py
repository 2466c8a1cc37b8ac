"""Pages about an ID show times on its own clock."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from madoguchi.accounts.models import Account


def on_own_clock(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views of whoever is signed in: what they render shows times in the ID's zone."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with timezone.override(ZoneInfo(cast(Account, request.user).time_zone)):
            return view(request, *args, **kwargs)

    return guarded
