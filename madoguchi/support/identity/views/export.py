"""``/id/profile/export/``: everything kept about the ID, as a file."""

from typing import cast

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import export as act
from madoguchi.accounts import telling
from madoguchi.accounts.access import needs
from madoguchi.accounts.events import record
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.terms import open_before_terms
from madoguchi.contracts.models import Contract
from madoguchi.contracts.verification import proven


@needs()
@require_http_methods(["GET", "HEAD", "POST"])
@open_before_terms
def export(request: HttpRequest) -> HttpResponseBase:
    account = cast(Account, request.user)
    if request.method == "POST":
        return _file(request, account)
    visible = Contract.objects.visible_to(account).select_related("service").order_by("number")
    locked = [contract for contract in visible if not proven(request, contract)]
    return render(request, "identity/export.html", {"locked": locked})


def _file(request: HttpRequest, account: Account) -> HttpResponseBase:
    event = record(request, account, AuthEvent.Method.EXPORTED, True)
    telling.tell_of(event, to=account.email)
    response = StreamingHttpResponse(act.document(request, account), content_type="application/json; charset=utf-8")
    name = f"customer-id-{timezone.localdate():%Y-%m-%d}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
