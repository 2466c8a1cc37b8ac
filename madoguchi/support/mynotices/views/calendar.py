"""The customer's own calendar: its page, and the feed under its secret address."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts import limits
from madoguchi.accounts.access import signed_in
from madoguchi.accounts.network import source_network
from madoguchi.notices import own_calendar
from madoguchi.notices.calendar import MEDIA_TYPE, calendar_for
from madoguchi.shell import languages
from madoguchi.support.mynotices import kept
from madoguchi.support.mynotices.views.access import account_of, patient


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def calendar(request: HttpRequest) -> HttpResponse:
    """GET shows the address; POST makes one, replaces it or stops it, by ``act``."""
    account = account_of(request)
    if request.method == "POST":
        if request.POST.get("act") == "stop":
            own_calendar.revoke(account)
            kept.say(request, "stopped")
        elif request.POST.get("act") == "make":
            own_calendar.renew(account)
            kept.say(request, "made")
        return HttpResponseRedirect(reverse("mynotices:calendar"))
    token = own_calendar.address_of(account)
    context = {"address": _address(token) if token else "", "said": kept.said(request)}
    return render(request, "mynotices/calendar.html", context)


@require_safe
@never_cache
@patient
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """No login: the address is the key. One that was stopped answers as one that never was."""
    limits.take(own_calendar.ASKED_FROM_NETWORK, source_network(request))
    account = own_calendar.owner_of(token)
    if account is None:
        raise Http404
    limits.take(own_calendar.ASKED_BY_PROGRAM, str(account.pk))
    name = _("%(operator)s: work on my services") % {"operator": settings.OPERATOR[f"name_{languages.current()}"]}
    # The calendar's own link goes to the page, not to the secret address.
    made = calendar_for(
        own_calendar.work_of(account), name=name, url=f"{settings.SITE_URL}{reverse('mynotices:calendar')}"
    )
    answer = HttpResponse(made, content_type=MEDIA_TYPE)
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _address(token: str) -> str:
    return f"{settings.SITE_URL}{reverse('mynotices:calendar_feed', args=[token])}"
