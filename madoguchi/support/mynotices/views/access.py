"""Who may use the notification service: who is signed in and has agreed to its terms."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from madoguchi.accounts.access import signed_in
from madoguchi.accounts.models import Account
from madoguchi.notices import agreement

View = Callable[..., HttpResponseBase]


def account_of(request: HttpRequest) -> Account:
    """Who is signed in; for views behind ``signed_in``."""
    return cast(Account, request.user)


def agreed(view: View) -> View:
    """Only for who agreed to the current terms; others see them first and come back to the service's page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if agreement.missing(account_of(request)):
            service = f"?service={kwargs['slug']}" if "slug" in kwargs else ""
            return HttpResponseRedirect(f"{reverse('mynotices:table')}{service}")
        return view(request, *args, **kwargs)

    return signed_in(guarded)
