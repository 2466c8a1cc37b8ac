"""The contracts linked to an ID, who else sees them, and ending a link."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts.access import signed_in
from madoguchi.accounts.models import Account
from madoguchi.contracts import contact_phone, linking
from madoguchi.contracts.models import Contract, CustomerLink
from madoguchi.contracts.sessions import account_of

_SAID = "contract_link_removed"
# More are found on the page of the contracts.
CONTRACTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """The first of ``how_many`` contracts of a customer as an ID sees them.

    ``others`` are the links of other IDs, for the holder alone.
    """

    link: CustomerLink
    contracts: list[tuple[Contract, str]]  # with the masked contact phone
    how_many: int
    others: list[CustomerLink]

    @property
    def holds(self) -> bool:
        return self.link.role == CustomerLink.Role.HOLDER


@signed_in
@require_safe
def contracts(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    links = CustomerLink.objects.filter(account=account).select_related("customer").order_by("created_at", "pk")
    removed = request.session.pop(_SAID, "")
    return render(
        request, "mypage/contracts.html", {"shown": [_shown(account, link) for link in links], "removed": removed}
    )


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then ends the link: one's own, or another ID's to contracts one holds."""
    account = account_of(request)
    link = CustomerLink.objects.removable_by(account).select_related("account", "customer").filter(pk=pk).first()
    if request.method == "POST":
        if link:  # a button pressed twice finds nothing any more
            linking.unlink(request, link)
            request.session[_SAID] = "own" if link.account == account else "other"
        return redirect("mypage:contracts")
    if link is None:
        raise Http404
    return render(
        request, "mypage/contract_remove.html", {"shown": _shown(account, link), "own": link.account == account}
    )


def _shown(account: Account, link: CustomerLink) -> Shown:
    visible = Contract.objects.visible_to(link.account).filter(customer=link.customer).order_by("number")
    first = visible.select_related("service")[:CONTRACTS_SHOWN]
    others = link.customer.links.exclude(pk=link.pk).select_related("account").order_by("created_at", "pk")
    return Shown(
        link=link,
        contracts=[(each, contact_phone.masked(each.contact_phone)) for each in first],
        how_many=visible.count(),
        others=list(others) if link.role == CustomerLink.Role.HOLDER and link.account == account else [],
    )
