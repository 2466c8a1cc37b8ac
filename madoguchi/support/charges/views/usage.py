"""E7: which contract's usage, and of which kind."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.access import signed_in
from madoguchi.contracts.models import Contract
from madoguchi.contracts.sessions import account_of
from madoguchi.shell import searched
from madoguchi.support.charges.finding import contracts_found
from madoguchi.support.charges.statement_kinds import of_contract

CONTRACTS_A_PAGE = 24


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def usage(request: HttpRequest) -> HttpResponse:
    """A contract named in the address (``contract``) leads to its statement; where it has several, to their choice.

    Who has more contracts than stand on a page finds them as on the page of the contracts.
    """
    if request.method == "POST":
        return searched.remember(request, "usage")
    account, text = account_of(request), searched.words(request, "usage")
    visible = Contract.objects.visible_to(account)
    found = contracts_found(request, account, text).select_related("service").order_by("number")
    chosen = found.filter(number=request.GET.get("contract", "").replace("\0", "")).first()
    if chosen and len(kinds := of_contract(chosen)) == 1:
        return redirect("charges:statement", contract=chosen.number, kind=kinds[0].slug)
    shown = Paginator([chosen] if chosen else found, CONTRACTS_A_PAGE).get_page(request.GET.get("page"))
    how_many = visible.count()
    context = {
        "page_obj": shown,
        "cards": [(contract, of_contract(contract)) for contract in shown],
        "any": how_many > 0,
        "q": text,
        "searched": how_many > CONTRACTS_A_PAGE,
        "chosen": chosen,
        "tab": "usage",
    }
    return render(request, "charges/usage.html", context)
