"""The business accounts that open my ID: what there is, connect another, disconnect one."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from madoguchi.accounts.access import needs, signed_in
from madoguchi.accounts.business import connecting
from madoguchi.accounts.models import Account


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    return render(
        request, "business/mine.html", {**section(cast(Account, request.user)), "done": request.GET.get("done")}
    )


@needs()
@require_POST
def disconnect(request: HttpRequest, pk: int) -> HttpResponse:
    account = cast(Account, request.user)
    identity = get_object_or_404(account.external_identities, pk=pk)
    if not connecting.disconnect(request, identity):
        return render(request, "business/mine.html", {**section(account), "only_way": True}, status=409)
    return HttpResponseRedirect(reverse("business:mine", query={"done": "disconnected"}))


def section(account: Account) -> dict[str, Any]:
    """What ``business/section.html`` shows, on this page or on another."""
    identities = list(account.external_identities.order_by("created_at", "pk"))
    rows = [{"identity": identity, "provider": connecting.provider_of(identity)} for identity in identities]
    connected = {identity.issuer for identity in identities}
    others = [provider for provider in settings.BUSINESS_PROVIDERS if provider.issuer not in connected]
    return {"business_accounts": rows, "providers_to_connect": others}
