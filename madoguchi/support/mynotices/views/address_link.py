"""The link in the mail to a new delivery address: GET asks, POST acts. No login and no cookie, on whatever phone the
mail arrives: the link is the proof, and acts for nothing but that address (``notices/register_address.py``)."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts.links import LinkDead
from madoguchi.lib.addresses import masked
from madoguchi.notices import register_address as act
from madoguchi.support.mynotices.views.address import STEPS


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address_link(request: HttpRequest, token: str) -> HttpResponse:
    try:
        if request.method == "POST":
            act.confirm(token)
            return _private(HttpResponseRedirect(reverse("mynotices:address_done"), status=303))
        change = act.waiting_change(token)
    except LinkDead as dead:
        status = 410 if dead.why else 404
        return _private(render(request, "mynotices/address_dead.html", {"why": dead.why or "damaged"}, status=status))
    context = {
        "change": change,
        "address": masked(change.address),
        "owner": masked(change.account.email),
        "steps": STEPS,
        "current": 4,
    }
    return _private(render(request, "mynotices/address_link.html", context))


@never_cache
@require_safe
def address_done(request: HttpRequest) -> HttpResponse:
    """Says nothing of whom: the link was on the page before."""
    return render(request, "mynotices/address_done.html")


def _private(response: HttpResponse) -> HttpResponse:
    """The address of the page is a key: it goes to no other site and into no index."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
