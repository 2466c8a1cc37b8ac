"""E6: the contracts of the ID, ended ones too."""

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.access import signed_in
from madoguchi.contracts.models import Contract, NumberLabel, TelephoneNumber
from madoguchi.contracts.sessions import account_of
from madoguchi.contracts.verification import proven_among
from madoguchi.shell import searched
from madoguchi.support.charges.finding import contracts_found, sees_several

CONTRACTS_A_PAGE = 50
NUMBERS_SHOWN = 3


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def contracts(request: HttpRequest) -> HttpResponse:
    """Found by number, service or plan, and by telephone number or label where the contact phone is proven."""
    if request.method == "POST":
        return searched.remember(request, "contracts")
    account, text = account_of(request), searched.words(request, "contracts")
    visible = Contract.objects.visible_to(account)
    opened = proven_among(request, visible)
    found = contracts_found(request, account, text)
    shown = found.select_related("service", "customer").annotate(numbers=Count("telephone_numbers")).order_by("number")
    page = Paginator(shown, CONTRACTS_A_PAGE).get_page(request.GET.get("page"))
    labels = NumberLabel.objects.of(account, TelephoneNumber.objects.filter(contract__in=opened))
    rows = [(contract, contract.pk in opened, _first(contract, labels, opened)) for contract in page]
    context = {
        "rows": rows,
        "page_obj": page,
        "q": text,
        "any": visible.exists(),
        "several": sees_several(account),
        "tab": "contracts",
    }
    return render(request, "charges/contracts.html", context)


def _first(contract: Contract, labels: dict[int, str], opened: set[int]) -> list[tuple[str, str]]:
    """The first numbers of a contract with their labels; none where they are not to be seen."""
    if contract.pk not in opened:
        return []
    held = contract.telephone_numbers.order_by("number")[:NUMBERS_SHOWN]
    return [(number.number, labels.get(number.pk, "")) for number in held]
