"""E7: which contract's usage, and of which kind."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from madoguchi.accounts.access import signed_in
from madoguchi.contracts.models import Contract
from madoguchi.contracts.sessions import account_of
from madoguchi.statements.statement import VOICE


@signed_in
def usage(request: HttpRequest) -> HttpResponse:
    visible = Contract.objects.visible_to(account_of(request)).select_related("service").order_by("number")
    context = {"contracts": visible, "kinds_with_statement": [str(kind) for kind in VOICE], "tab": "usage"}
    return render(request, "charges/usage.html", context)
