"""E6: the contracts of the ID."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from madoguchi.accounts.access import signed_in
from madoguchi.contracts.models import Contract
from madoguchi.contracts.sessions import account_of


@signed_in
def contracts(request: HttpRequest) -> HttpResponse:
    visible = Contract.objects.visible_to(account_of(request)).select_related("service", "customer")
    return render(request, "charges/contracts.html", {"contracts": visible.order_by("number"), "tab": "contracts"})
