"""What publishers may do with a mailing under way: pause it, let it go on, call it off, try what failed again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.customers.forms import ReasonField
from madoguchi.console.mailings.told import Told, tell
from madoguchi.delivery.models import Mailing
from madoguchi.shell.forms import render_form


@dataclass(frozen=True, slots=True)
class Act:
    """``do`` gets the mailing and the login of who does it, and returns what the audit log keeps beside it.

    ``at_once``: a button on the mailing's page does it without asking, because its opposite undoes it.
    """

    name: str
    label: str | Promise
    do: Callable[[Mailing, str], dict[str, Any]]
    possible: Callable[[Told], bool]
    icon: str
    variant: str = "secondary"
    at_once: bool = False


def _pause(mailing: Mailing, by: str) -> dict[str, Any]:
    mailing.pause()
    return {}


def _resume(mailing: Mailing, by: str) -> dict[str, Any]:
    mailing.resume()
    return {}


def _cancel(mailing: Mailing, by: str) -> dict[str, Any]:
    return {"letters": mailing.cancel()}


def _under_way(*states: str) -> Callable[[Told], bool]:
    return lambda told: told.moves and told.mailing.state in states


ACTS = {
    act.name: act
    for act in (
        Act("resume", _("Go on sending"), _resume, _under_way(Mailing.State.PAUSED), "play", "primary", at_once=True),
        Act("pause", pgettext_lazy("mailing", "Pause"), _pause, _under_way(Mailing.State.OPEN), "clock", at_once=True),
        Act(
            "cancel",
            pgettext_lazy("mailing", "Call it off"),
            _cancel,
            _under_way(Mailing.State.OPEN, Mailing.State.PAUSED),
            "cross",
            "text",
        ),
    )
}


def possible(told: Told) -> list[Act]:
    return [act for act in ACTS.values() if act.possible(told)]


class Confirm(forms.Form):
    """What cannot be undone is done for a reason."""

    reason = ReasonField()


@roles.may_publish
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, mailing_id: int, name: str) -> HttpResponse:
    """Say what it does and to how many letters; then do it and record it in one transaction."""
    wanted = ACTS.get(name)
    if wanted is None:
        raise Http404
    mailing = get_object_or_404(Mailing, pk=mailing_id, single=False)
    (told,) = tell([mailing])
    if not wanted.possible(told) or (wanted.at_once and request.method != "POST"):
        # Pressed twice, or somebody else was faster: the page says how it stands.
        return redirect("console:mailing", mailing_id)
    form = Confirm(request.POST if request.method == "POST" and not wanted.at_once else None)
    if wanted.at_once or form.is_valid():
        with transaction.atomic():
            detail = wanted.do(mailing, cast(Account, request.user).email)
            reason = "" if wanted.at_once else form.cleaned_data["reason"]
            audit.record(request, f"mailing.{name}", mailing, reason=reason, **detail)
        return redirect("console:mailing", mailing_id)
    context = {"told": told, "pace": told.pace, "act": wanted}
    return render_form(request, "console/mailings/act.html", form, context)
