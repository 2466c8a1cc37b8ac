"""E6: the contracts of the ID, ended ones too."""

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from madoguchi.accounts.access import signed_in
from madoguchi.contracts import contact_phone
from madoguchi.contracts.models import Contract, NumberLabel, TelephoneNumber
from madoguchi.contracts.sessions import account_of
from madoguchi.contracts.verification import proven_among

CONTRACTS_A_PAGE = 50
NUMBERS_SHOWN = 3


@signed_in
@require_safe
def contracts(request: HttpRequest) -> HttpResponse:
    """Found by number, service or plan, and by telephone number or label where the contact phone is proven."""
    account, text = account_of(request), request.GET.get("q", "").replace("\0", "").strip()[:60]
    visible = Contract.objects.visible_to(account)
    opened = proven_among(request, visible)
    found = visible.search(text)
    if text:
        called = NumberLabel.objects.filter(account=account, label__icontains=text).values("number__contract")
        digits = contact_phone.national_digits(text)
        by_number = TelephoneNumber.objects.filter(contract__in=opened, number__contains=digits or "none")
        found = visible.filter(pk__in=found.values("pk").union(called, by_number.values("contract")))
    shown = found.select_related("service", "customer").annotate(numbers=Count("telephone_numbers")).order_by("number")
    page = Paginator(shown, CONTRACTS_A_PAGE).get_page(request.GET.get("page"))
    labels = NumberLabel.objects.of(account, TelephoneNumber.objects.filter(contract__in=opened))
    rows = [(contract, contract.pk in opened, _first(contract, labels, opened)) for contract in page]
    context = {"rows": rows, "page_obj": page, "q": text, "any": visible.exists(), "tab": "contracts"}
    return render(request, "charges/contracts.html", context)


def _first(contract: Contract, labels: dict[int, str], opened: set[int]) -> list[tuple[str, str]]:
    """The first numbers of a contract with their labels; none where they are not to be seen."""
    if contract.pk not in opened:
        return []
    held = contract.telephone_numbers.order_by("number")[:NUMBERS_SHOWN]
    return [(number.number, labels.get(number.pk, "")) for number in held]
