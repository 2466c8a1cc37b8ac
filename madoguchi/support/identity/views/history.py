"""``/id/history/``: the login history, and everything else that was done with the ID."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from madoguchi.accounts import history as act
from madoguchi.accounts.access import signed_in
from madoguchi.accounts.models import Account
from madoguchi.support.identity.own_clock import on_own_clock

KINDS = {"logins": _("Logins"), "changes": _("Changes"), "call-records": _("Call records")}


@signed_in
@require_safe
@on_own_clock
def history(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("only", "")
    only = asked if asked in act.KINDS else ""
    shown = act.entries(cast(Account, request.user), now=timezone.now(), only=only)
    context = {"entries": shown, "only": only, "kinds": KINDS, "full": len(shown) == act.SHOWN, "most": act.SHOWN}
    return render(request, "identity/history.html", context)
