"""What a worker is at while its page is open: the part that changes, and what staff decide."""

from typing import Any, Protocol, cast

from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.console import audit


class Decision(Protocol):
    """``confirm`` or ``give_up``: whether it was still to be decided."""

    def __call__(self, row: Any, /, *, by: Account, now: Any) -> bool: ...


def progress_of(request: HttpRequest, template: str, context: dict[str, Any], *, moves: bool) -> HttpResponse:
    """The part of the page that changes, for the page itself to fetch; at the end it fetches all of itself."""
    response = render(request, template, context)
    if not moves:
        response["HX-Refresh"] = "true"
    return response


def decide(request: HttpRequest, row: Model, decision: Decision, *, act: str, page: str, **said: Any) -> HttpResponse:
    """Decide about ``row``, once; where somebody else was first, its page says how it stands."""
    with transaction.atomic():
        if decision(row, by=cast(Account, request.user), now=timezone.now()):
            audit.record(request, act, row, **said)
    return redirect(page, row.pk)
