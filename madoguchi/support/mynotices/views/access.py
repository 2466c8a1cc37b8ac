"""Who may use the notification service: who is signed in and has agreed to its terms."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from madoguchi.accounts.access import signed_in
from madoguchi.accounts.limits import TooMany
from madoguchi.accounts.models import Account
from madoguchi.notices import agreement
from madoguchi.notices.hours import zone_named
from madoguchi.shell.errors import too_many

# Where to after the terms, as ``?to=``.
DESTINATIONS = "destinations"
View = Callable[..., HttpResponseBase]


def account_of(request: HttpRequest) -> Account:
    """Who is signed in; for views behind ``signed_in``."""
    return cast(Account, request.user)


def on_own_clock(view: View) -> View:
    """What the view renders shows times in the zone of who is signed in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with timezone.override(zone_named(account_of(request).time_zone)):
            return view(request, *args, **kwargs)

    return guarded


def agreed(view: View) -> View:
    """Only for who agreed to the current terms; others see them first and come back to the service's page, or to the
    delivery addresses."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if agreement.missing(account_of(request)):
            back = {"service": kwargs["slug"]} if "slug" in kwargs else {}
            if request.path.startswith(reverse("mynotices:destinations")):
                back = {"to": DESTINATIONS}
            return HttpResponseRedirect(reverse("mynotices:table", query=back))
        return on_own_clock(view)(request, *args, **kwargs)

    return signed_in(guarded)


def patient(view: View) -> View:
    """Turn a full limit into the page that says so (429)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except TooMany as full:
            return too_many(request, retry_after=full.seconds)

    return guarded
