"""What the operator has written down about the customers of an ID, and how it is changed."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from madoguchi.accounts.access import signed_in
from madoguchi.contracts import contact_phone
from madoguchi.contracts.models import Contract, CustomerLink
from madoguchi.contracts.sessions import account_of
from madoguchi.contracts.verification import proven_among


@dataclass(frozen=True, slots=True)
class Phone:
    """A contact phone, as much of it as may be shown, and how many of the contracts have it."""

    number: str  # E.164, empty where it is masked
    masked: str
    contracts: int


@dataclass(frozen=True, slots=True)
class Shown:
    """One customer. ``number`` is whole once a contact phone of theirs is proven."""

    link: CustomerLink
    number: str
    contracts: int
    ended: int
    phones: list[Phone]

    @property
    def holds(self) -> bool:
        return self.link.role == CustomerLink.Role.HOLDER


@signed_in
@require_safe
def customer(request: HttpRequest) -> HttpResponse:
    links = CustomerLink.objects.filter(account=account_of(request)).select_related("customer", "account")
    shown = [_shown(request, link) for link in links.order_by("created_at", "pk")]
    return render(request, "mypage/customer.html", {"shown": shown})


def _shown(request: HttpRequest, link: CustomerLink) -> Shown:
    contracts = list(Contract.objects.visible_to(link.account).filter(customer=link.customer).order_by("number"))
    opened = proven_among(request, contracts)
    in_force = Contract.objects.filter(pk__in=[one.pk for one in contracts]).in_force().count()
    by_phone: dict[str, list[Contract]] = {}
    for contract in contracts:
        by_phone.setdefault(contract.contact_phone, []).append(contract)
    return Shown(
        link=link,
        number=link.customer.number if opened else link.customer.masked_number,
        contracts=in_force,
        ended=len(contracts) - in_force,
        phones=[
            Phone(phone if some[0].pk in opened else "", contact_phone.masked(phone), len(some))
            for phone, some in by_phone.items()
        ],
    )
