"""E1: My page: who is signed in, what can be done, and the contract in hand."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from madoguchi.accounts.access import signed_in
from madoguchi.accounts.change_address import came_back
from madoguchi.accounts.models import Account
from madoguchi.contracts import contact_phone
from madoguchi.contracts.models import Contract
from madoguchi.contracts.sessions import account_of
from madoguchi.contracts.verification import proven
from madoguchi.lib.addresses import envelope, plain
from madoguchi.notices.models import Destination


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    contracts = list(
        Contract.objects.visible_to(account_of(request)).select_related("customer", "service").order_by("number")
    )
    contract = _in_hand(contracts, request.GET.get("contract", ""))
    stopped = {"came_back": came_back(account_of(request)), "paused": _paused(account_of(request))}
    if contract is None:
        return render(request, "mypage/home.html", {"contracts": [], **stopped})
    is_proven = proven(request, contract)
    return render(
        request,
        "mypage/home.html",
        {
            **stopped,
            "contracts": contracts,
            "contract": contract,
            "proven": is_proven,
            "holds": Contract.objects.held_by(account_of(request)).filter(pk=contract.pk).exists(),
            "numbers": contract.telephone_numbers.order_by("number") if is_proven else [],
            "masked_phone": contact_phone.masked(contract.contact_phone),
            "statement": f"/my/charges/usage/{contract.number}/{contract.usage_kind}/",
            "how_many_numbers": contract.telephone_numbers.count(),
        },
    )


def _paused(account: Account) -> list[str]:
    """Delivery addresses that mail came back from, but for the ID's own, of which another banner speaks."""
    standing = account.destinations.standing().filter(state=Destination.State.PAUSED)
    return [plain(each.address) for each in standing if each.address != envelope(account.email)]


def _in_hand(contracts: list[Contract], number: str) -> Contract | None:
    if not number:
        return contracts[0] if contracts else None
    for contract in contracts:
        if contract.number == number:
            return contract
    raise Http404
