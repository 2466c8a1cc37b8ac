"""The link in a mail: GET asks, POST acts. No login, no cookie, no CSRF token: the address's own link is the proof.

Mail programs press it by themselves (RFC 8058): a POST with ``List-Unsubscribe=One-Click``, which wants an answer of
200 without a redirect.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from madoguchi.lib.addresses import masked
from madoguchi.notices import unsubscribe as act


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    try:
        wishes = act.read_all(token)
    except act.Damaged:
        return _private(render(request, "mynotices/unsubscribe_damaged.html", status=404))
    if request.method == "POST":
        for wish in wishes:
            act.fulfil(wish)
        if request.POST.get("List-Unsubscribe") != "One-Click":
            return _private(HttpResponseRedirect(request.path, status=303))
    context = {
        "wishes": wishes,
        # Enough to know it by, too little for whom the mail was passed on to.
        "address": masked(wishes[0].destination.address),
        "fulfilled": all(wish.is_fulfilled() for wish in wishes),
    }
    return _private(render(request, "mynotices/unsubscribe.html", context))


def _private(response: HttpResponse) -> HttpResponse:
    """The address of the page is a key: it goes to no other site and into no index."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
