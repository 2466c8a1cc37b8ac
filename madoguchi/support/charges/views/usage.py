"""E7: which contract's usage, and of which kind."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from madoguchi.accounts.access import signed_in
from madoguchi.contracts.models import Contract
from madoguchi.contracts.sessions import account_of
from madoguchi.support.charges.statement_kinds import of_contract

CONTRACTS_A_PAGE = 24


@signed_in
def usage(request: HttpRequest) -> HttpResponse:
    """A contract chosen from the list (``contract``) leads to its statement; where it has several, to their choice."""
    visible = Contract.objects.visible_to(account_of(request)).select_related("service").order_by("number")
    chosen = visible.filter(number=request.GET.get("contract", "").replace("\0", "")).first()
    if chosen and len(kinds := of_contract(chosen)) == 1:
        return redirect("charges:statement", contract=chosen.number, kind=kinds[0].slug)
    shown = Paginator([chosen] if chosen else visible, CONTRACTS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": shown,
        "cards": [(contract, of_contract(contract)) for contract in shown],
        "all": visible if shown.paginator.num_pages > 1 or chosen else [],
        "chosen": chosen,
        "tab": "usage",
    }
    return render(request, "charges/usage.html", context)
