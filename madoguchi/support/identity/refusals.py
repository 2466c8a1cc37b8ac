"""What a page answers when it was asked too often, or when too many log in at this moment."""

import math
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from madoguchi.accounts import limits
from madoguchi.accounts.hashers import HashingBusy
from madoguchi.accounts.limits import TooMany
from madoguchi.accounts.mailbox import MailboxBusy, MailSystemAway
from madoguchi.shell.errors import too_many
from madoguchi.shell.forms import render_form

# Seconds.
_LATER = "30"
# Not its turn in a login storm.
BUSY = (HashingBusy, MailboxBusy)


def patient(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Turn a full limit into the 429 page; a login storm, or a mail system that is away, into a 503 page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except TooMany as full:
            return too_many(request, retry_after=full.seconds)
        except BUSY:
            return _later(request, "identity/busy.html")
        except MailSystemAway:
            return _later(request, "identity/mail_system_away.html")

    return guarded


def login_paused(request: HttpRequest, full: TooMany, *, onward: str) -> HttpResponse:
    """429 for a login: when to come back, and the way for whoever no longer knows the password.

    A new password helps where an address's tries are used up. Where a network's are, nothing but time does.
    """
    context = {"minutes": math.ceil(full.seconds / 60), "next": onward, "of_network": full.limit == limits.LOGIN_SOURCE}
    response = render(request, "identity/login_paused.html", context, status=429)
    response["Retry-After"] = str(full.seconds)
    return response


def form_again(request: HttpRequest, template: str, form: BaseForm, context: Mapping[str, Any]) -> HttpResponse:
    """503 in a login storm: the form once more, with what was typed, but for the password."""
    response = render_form(request, template, form, {**context, "busy": True}, status=503)
    response["Retry-After"] = _LATER
    return response


def _later(request: HttpRequest, template: str) -> HttpResponse:
    response = render(request, template, status=503)
    response["Retry-After"] = _LATER
    return response
