"""What a page answers when it was asked too often, or when too many log in at this moment."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from madoguchi.accounts.hashers import HashingBusy
from madoguchi.accounts.limits import TooMany
from madoguchi.accounts.mailbox import MailboxBusy, MailSystemAway
from madoguchi.shell.errors import too_many


def patient(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Turn a full limit into the 429 page; a login storm, or a mail system that is away, into a 503 page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except TooMany:
            return too_many(request)
        except (HashingBusy, MailboxBusy):
            return _later(request, "identity/busy.html")
        except MailSystemAway:
            return _later(request, "identity/mail_system_away.html")

    return guarded


def _later(request: HttpRequest, template: str) -> HttpResponse:
    response = render(request, template, status=503)
    response["Retry-After"] = "30"
    return response
