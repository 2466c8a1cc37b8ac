"""Every notice that was due to me in the last 90 days, and what became of it."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from madoguchi.accounts.access import signed_in
from madoguchi.notices.deliveries import deliveries_of, told
from madoguchi.support.mynotices.views.access import account_of, on_own_clock

DAYS = 90
A_PAGE = 50
OUTCOMES = {
    "sent": _("Sent"),
    "waiting": _("On its way or held"),
    "not_sent": _("Not sent"),
    "not_delivered": _("Not delivered"),
}


@require_safe
@signed_in
@on_own_clock
def deliveries(request: HttpRequest) -> HttpResponse:
    """Filters that make no sense choose nothing: an address in a bookmark may be gone."""
    account = account_of(request)
    mine = list(account.destinations.order_by("slot", "-verified_at"))
    asked = request.GET.get("address", "")
    destination = next((each for each in mine if str(each.pk) == asked), None)
    outcome = request.GET.get("outcome", "") if request.GET.get("outcome") in OUTCOMES else ""
    since = timezone.now() - timedelta(days=DAYS)
    found = deliveries_of(account, since=since, destination=destination, outcome=outcome)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "deliveries": told(page.object_list),
        "destinations": mine,
        "chosen": destination,
        "outcomes": OUTCOMES,
        "outcome": outcome,
        "filtered": bool(destination or outcome),
        "days": DAYS,
    }
    return render(request, "mynotices/deliveries.html", context)
