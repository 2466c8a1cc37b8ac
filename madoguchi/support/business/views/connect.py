"""Signed in, with a business account at hand: connect the two."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.access import needs
from madoguchi.accounts.business import connecting, vouching
from madoguchi.accounts.business.refusals import Refused
from madoguchi.accounts.models import Account
from madoguchi.support.business.refused import refused


@needs()
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest) -> HttpResponse:
    vouched = connecting.waiting(request)
    if vouched is None:
        return HttpResponseRedirect(reverse("business:mine"))
    provider, account = vouching.provider_of(vouched.provider), cast(Account, request.user)
    if request.method != "POST":
        context = {"provider": provider, "vouched": vouched, "account": account}
        return render(request, "business/connect.html", context)
    if "connect" not in request.POST:
        connecting.forget(request)
        return HttpResponseRedirect(reverse("business:mine"))
    try:
        connecting.connect(request, account, vouched)
    except Refused as refusal:
        return refused(request, refusal.why, provider)
    return HttpResponseRedirect(reverse("business:mine", query={"done": "connected"}))
