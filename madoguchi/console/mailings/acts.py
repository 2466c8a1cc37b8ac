"""What publishers may do with a mailing under way: pause it, let it go on, call it off, try what failed again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.customers.forms import ReasonField
from madoguchi.console.mailings.told import Told, tell
from madoguchi.delivery.call_off import call_off, try_again
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.shell.forms import render_form


@dataclass(frozen=True, slots=True)
class Act:
    """``letters`` says how many it concerns, for whoever confirms and for the audit log.

    ``at_once``: a button on the mailing's page does it without asking, because its opposite undoes it.
    """

    name: str
    label: str | Promise
    do: Callable[[Mailing, str], object]
    letters: Callable[[Told], int]
    possible: Callable[[Told], bool]
    icon: str
    variant: str = "secondary"
    at_once: bool = False


def _left(told: Told) -> int:
    return told.pace.left


def _mendable(told: Told) -> int:
    """Failed letters that another try may bring through."""
    failed = told.pace.reasons.get(Letter.State.FAILED, {})
    return sum(number for reason, number in failed.items() if reason not in Letter.ADDRESS_AT_FAULT)


def _may_retry(told: Told) -> bool:
    mailing = told.mailing
    alive = mailing.state != Mailing.State.CANCELLED and mailing.expires_at > timezone.now()
    return alive and _mendable(told) > 0


def _under_way(*states: str) -> Callable[[Told], bool]:
    return lambda told: told.moves and told.mailing.state in states


_OPEN, _PAUSED = Mailing.State.OPEN, Mailing.State.PAUSED
_RESUME, _PAUSE = _("Go on sending"), pgettext_lazy("mailing", "Pause")
_RETRY, _CANCEL = _("Try the failed ones again"), pgettext_lazy("mailing", "Call it off")
ACTS = {
    act.name: act
    for act in (
        Act("resume", _RESUME, lambda m, by: m.resume(), _left, _under_way(_PAUSED), "play", "primary", at_once=True),
        Act("pause", _PAUSE, lambda m, by: m.pause(by=by), _left, _under_way(_OPEN), "clock", at_once=True),
        Act("retry", _RETRY, lambda m, by: try_again(m), _mendable, _may_retry, "send"),
        Act("cancel", _CANCEL, lambda m, by: call_off(m), _left, _under_way(_OPEN, _PAUSED), "cross", "text"),
    )
}


def possible(told: Told) -> list[Act]:
    return [act for act in ACTS.values() if act.possible(told)]


class Confirm(forms.Form):
    """What cannot be undone is done for a reason."""

    reason = ReasonField(help_text=_("Recorded in the audit log."))


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
    letters = wanted.letters(told)
    form = Confirm(request.POST if request.method == "POST" and not wanted.at_once else None)
    if wanted.at_once or form.is_valid():
        with transaction.atomic():
            wanted.do(mailing, cast(Account, request.user).email)
            reason = "" if wanted.at_once else form.cleaned_data["reason"]
            audit.record(request, f"mailing.{name}", mailing, reason=reason, letters=letters)
        return redirect("console:mailing", mailing_id)
    context = {"told": told, "pace": told.pace, "act": wanted, "letters": letters}
    return render_form(request, "console/mailings/act.html", form, context)
