"""Every notice that was due to me in the last 90 days, and what became of it."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from madoguchi.accounts.access import signed_in
from madoguchi.notices.deliveries import deliveries_of
from madoguchi.support.mynotices.views.access import account_of

DAYS = 90
# Three addresses and a busy quarter stay far below.
LIMIT = 1000


@require_safe
@signed_in
def deliveries(request: HttpRequest) -> HttpResponse:
    found = deliveries_of(account_of(request), since=timezone.now() - timedelta(days=DAYS), limit=LIMIT)
    return render(request, "mynotices/deliveries.html", {"deliveries": found, "days": DAYS})
