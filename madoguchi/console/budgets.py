"""``/console/budgets/``: whether codes go out, what is left of each budget, and how many of the codes are typed in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.contracts.budgets import overview
from madoguchi.contracts.contact_phone import prefix_display


@roles.may_help
@require_safe
def budgets(request: HttpRequest) -> HttpResponse:
    standings = overview()
    return render(
        request,
        "console/budgets.html",
        {
            "rows": [(prefix_display(standing.prefix), standing) for standing in standings],
            "cut_off": [prefix_display(standing.prefix) for standing in standings if not standing.is_open],
            "stopped": not (settings.CODES_AN_HOUR and settings.CODES_A_DAY),
            "hourly": settings.CODES_AN_HOUR,
            "daily": settings.CODES_A_DAY,
            "alarm_address": settings.ALARM_ADDRESS,
            "now": timezone.now(),
        },
    )
