"""``/id/sites/leave/``: a site asks that its customer be logged out here too."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import login, sessions
from madoguchi.provider import leaving, uris
from madoguchi.provider.leaving import Leave
from madoguchi.provider.models import Site
from madoguchi.provider.protocol import ToSite
from madoguchi.support.sites.onward import let_form_lead_to


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    asked = leaving.opened(request.GET.get("ask", ""))
    if asked is None:
        return render(request, "sites/over.html", status=410)
    sign_in = sessions.current(request)
    meant = sign_in is not None and sign_in.pk == asked.sign_in
    if sign_in is not None and not meant and request.method != "POST":
        return _ask(request, asked)
    leaving.end_grants(asked, sign_in)
    login.log_out(request)
    if asked.address:
        return ToSite(asked.address, after_form=request.method == "POST")
    return HttpResponseRedirect(reverse("identity:login", query={"left": "1"}))


def _ask(request: HttpRequest, asked: Leave) -> HttpResponse:
    site = Site.objects.filter(pk=asked.site or 0).first()
    response = render(request, "sites/leave.html", {"site": site})
    return let_form_lead_to(response, [uris.origin(asked.address)] if asked.address else [])
