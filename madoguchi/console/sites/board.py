"""``/console/sites/``: the operator's other sites that let customers log in with their customer ID."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.provider.models import SigningKey, Site


@roles.administrators
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    connected = Count("consents", filter=Q(consents__ended_at=None))
    sites = Site.objects.annotate(connected=connected).order_by("client_id")
    return render(
        request,
        "console/sites/board.html",
        {"sites": sites, "key": SigningKey.objects.signing(now=timezone.now())},
    )
