"""``/id/sites/``: the sites a customer logs in to with the customer ID, and disconnecting them."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from madoguchi.accounts.access import signed_in
from madoguchi.accounts.events import record
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.provider import disconnect as act
from madoguchi.provider.models import Consent, Site
from madoguchi.support.sites.words import allowed


@require_safe
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    account = cast(Account, request.user)
    consents = Consent.objects.standing(account).select_related("site").order_by("-given_at")
    rows = [{"consent": consent, "allowed": allowed(consent.scopes, account)} for consent in consents]
    gone = Site.objects.filter(client_id=request.GET.get("disconnected", "").replace("\0", "")).first()
    return render(request, "sites/mine.html", {"rows": rows, "gone": gone})


@require_POST
@signed_in
def disconnect(request: HttpRequest, client_id: str) -> HttpResponse:
    account = cast(Account, request.user)
    site = get_object_or_404(Site, client_id=client_id)
    if not act.disconnect(account, site):
        raise Http404
    record(request, account, AuthEvent.Method.SITE_DISCONNECTED, True, detail=site.client_id)
    return HttpResponseRedirect(reverse("sites:mine", query={"disconnected": site.client_id}))
