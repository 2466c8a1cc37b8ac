"""The page for a business login that came to nothing: what happened, and what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from madoguchi.accounts.business.providers import Provider
from madoguchi.accounts.business.refusals import Why

# 4xx: what came was not good or not allowed; 502 and 503: the provider's answer, or that there was none.
STATUS = {
    Why.AWAY: 503,
    Why.PROVIDER: 502,
    Why.DENIED: 403,
    Why.STATE: 400,
    Why.CODE: 400,
    Why.TOKEN: 502,
    Why.CLOCK: 502,
    Why.STALE: 403,
    Why.OTHER: 403,
    Why.CLOSED: 403,
    Why.ADDRESS: 403,
    Why.TAKEN: 409,
}


def refused(request: HttpRequest, why: Why, provider: Provider | None) -> HttpResponse:
    response = render(request, "business/refused.html", {"why": why.value, "provider": provider}, status=STATUS[why])
    if why is Why.AWAY:
        response["Retry-After"] = "30"
    return response
