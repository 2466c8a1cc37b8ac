"""Which services on a public page are already mine: fetched by itself, so that caches can keep the page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madoguchi.support.mynotices.views.access import account_of

# A page of the list shows no more; the rest of a made-up address is not looked at.
MOST = 100


@require_safe
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """A word for each of the services asked for (``?service=slug&service=…``) that is mine; for nobody, nothing."""
    if not request.user.is_authenticated:
        return HttpResponse(status=204)
    asked = [slug for slug in request.GET.getlist("service")[:MOST] if "\x00" not in slug]
    found = account_of(request).subscriptions.select_related("service").filter(service__slug__in=asked)
    return render(request, "mynotices/mine.html", {"subscriptions": found})
