"""E1: My page: who is signed in, what can be done, and the contract in hand."""

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from madoguchi.accounts.access import signed_in
from madoguchi.accounts.change_address import came_back
from madoguchi.accounts.models import Account
from madoguchi.contracts import contact_phone
from madoguchi.contracts.models import Contract
from madoguchi.contracts.sessions import account_of
from madoguchi.contracts.verification import proven
from madoguchi.lib.addresses import envelope, plain
from madoguchi.notices.models import Destination
from madoguchi.shell import text_size
from madoguchi.support.mypage import cards

# More stand on the page of the contract's numbers.
NUMBERS_SHOWN = 8
# A list of more is no list to choose from: they are found on the page of the contracts.
CONTRACTS_TO_CHOOSE = 20


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    contracts = Contract.objects.visible_to(account).select_related("customer", "service").order_by("number")
    contract = _in_hand(contracts, request.GET.get("contract", ""))
    touching = cards.notices_touching(account)
    told = {
        "came_back": came_back(account),
        "paused": _paused(account),
        "site_notices": cards.about_this_site(),
        "notices": touching[: cards.NOTICES_SHOWN],
        "further_notices": touching[cards.NOTICES_SHOWN :],
        "todo": cards.todo(request, account, contracts),
        "own_links": settings.OWN_LINKS,
        "sizes": text_size.SIZES,
        "size": text_size.chosen(request),
    }
    if contract is None:
        return render(request, "mypage/home.html", told)
    how_many = contracts.count()
    is_proven = proven(request, contract)
    return render(
        request,
        "mypage/home.html",
        {
            **told,
            "contract": contract,
            "how_many": how_many,
            "choice": contracts if how_many <= CONTRACTS_TO_CHOOSE else [],
            "proven": is_proven,
            "charges": cards.charges_of(contract, timezone.localdate()) if is_proven else None,
            "holds": Contract.objects.held_by(account).filter(pk=contract.pk).exists(),
            "numbers": contract.telephone_numbers.order_by("number")[:NUMBERS_SHOWN] if is_proven else [],
            "masked_phone": contact_phone.masked(contract.contact_phone),
            "statement": f"/my/charges/usage/{contract.number}/{contract.usage_kind}/",
            "how_many_numbers": contract.telephone_numbers.count(),
        },
    )


@signed_in
@require_POST
def choose_text_size(request: HttpRequest) -> HttpResponse:
    """Remember the size of text in this browser."""
    response = redirect("mypage:home")
    size = request.POST.get("size", "")
    if size in text_size.SIZES:
        text_size.keep(response, size)
    return response


def _paused(account: Account) -> list[str]:
    """Delivery addresses that mail came back from, but for the ID's own, of which another banner speaks."""
    standing = account.destinations.standing().filter(state=Destination.State.PAUSED)
    return [plain(each.address) for each in standing if each.address != envelope(account.email)]


def _in_hand(contracts: QuerySet[Contract], number: str) -> Contract | None:
    if not number:
        return contracts.first()
    return get_object_or_404(contracts, number=number.replace("\0", ""))
