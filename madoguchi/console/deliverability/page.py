"""``/console/deliverability/``: whether mail arrives, and where it does not."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.console.deliverability.account import Account
from madoguchi.delivery.models import DomainHold, Suppression
from madoguchi.delivery.relays import relays, resting


class Period(forms.Form):
    days = forms.TypedChoiceField(
        label=_("Period"),
        coerce=int,
        empty_value="",
        required=False,
        choices=[(7, _("7 days")), (30, _("30 days")), (90, _("90 days"))],
    )


@roles.may_look
@require_safe
def deliverability(request: HttpRequest) -> HttpResponse:
    period = Period(request.GET or {"days": 7}, auto_id="filter_%s")
    days = (period.is_valid() and period.cleaned_data["days"]) or 7
    context = {
        "period": period,
        "account": Account.of(days=days),
        "relays": relays(),
        "resting": resting(),
        "held": DomainHold.objects.open().order_by("-until"),
        "suppressed": Suppression.objects.filter(until=None).count(),
        "can_help": roles.can_help(request),
    }
    return render(request, "console/deliverability/page.html", context)
