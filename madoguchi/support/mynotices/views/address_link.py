"""The link in the mail to a new delivery address: GET asks, POST acts. No login and no cookie, on whatever phone the
mail arrives: the link is the proof, and acts for nothing but that address (``notices/register_address.py``)."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts.links import LinkDead
from madoguchi.lib.addresses import masked
from madoguchi.notices import register_address as act
from madoguchi.notices.models import DestinationChange
from madoguchi.shell.dead_links import EXPIRED, REPLACED, UNKNOWN, USED, DeadLink, Way, dead_link
from madoguchi.support.mynotices.views.address import STEPS

_WAYS = (Way("/my/destinations/", _("Log in to see the addresses")),)
DEAD = {
    DestinationChange.End.DONE: DeadLink(USED, _("The address is registered. There is nothing more to do."), _WAYS),
    DestinationChange.End.EXPIRED: DeadLink(
        EXPIRED,
        _(
            "A link works for 30 minutes. Nothing was changed. Please log in and send the link again, or enter the "
            "address again."
        ),
        _WAYS,
    ),
    DestinationChange.End.SUPERSEDED: DeadLink(
        REPLACED,
        _(
            "A newer email was sent, or another address entered, after this one. The last link counts: please open "
            "the newest email."
        ),
        _WAYS,
    ),
    DestinationChange.End.CALLED_OFF: DeadLink(
        _("This registration was called off"),
        _("The registration of this address was called off. Nothing was changed."),
        _WAYS,
    ),
    "": DeadLink(
        UNKNOWN,
        _("Part of the link may be missing: please copy the whole of it from the email. Nothing was changed."),
        _WAYS,
    ),
}


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address_link(request: HttpRequest, token: str) -> HttpResponse:
    try:
        if request.method == "POST":
            resumed = act.waiting_change(token).resumes
            act.confirm(token)
            done = reverse("mynotices:address_done") + ("?resumed=1" if resumed else "")
            return _private(HttpResponseRedirect(done, status=303))
        change = act.waiting_change(token)
    except LinkDead as dead:
        return _private(dead_link(request, dead.why, DEAD))
    context = {
        "change": change,
        "address": masked(change.address),
        "owner": masked(change.account.email),
        "resumes": change.resumes,
        "steps": STEPS,
        "current": 4,
    }
    return _private(render(request, "mynotices/address_link.html", context))


@never_cache
@require_safe
def address_done(request: HttpRequest) -> HttpResponse:
    """Says nothing of whom: the link was on the page before."""
    return render(request, "mynotices/address_done.html", {"resumed": "resumed" in request.GET})


def _private(response: HttpResponse) -> HttpResponse:
    """The address of the page is a key: it goes to no other site and into no index."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
