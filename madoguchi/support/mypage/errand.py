"""What somebody wanted when they were asked for their contact phone: kept in the session, not in the address."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from madoguchi.contracts import verification
from madoguchi.contracts.models import Contract, Passcode
from madoguchi.contracts.passcodes import Ask
from madoguchi.contracts.sessions import account_of
from madoguchi.support.mypage.steps import STEPS
from madoguchi.support.mypage.walk import Pages, Walk

_KEY = "errand"


@dataclass(frozen=True, slots=True)
class Errand:
    """A contract whose phone is to be proven, and the path (of this site) to go on to afterwards."""

    contract: Contract
    onward: str

    @property
    def walk(self) -> Walk:
        def then(request: HttpRequest) -> None:
            verification.prove(request, self.contract)
            end(request)

        return Walk(
            ask=Ask(self.contract, self.contract.contact_phone, Passcode.Purpose.CONFIRM),
            pages=Pages(
                start=reverse("mypage:verify"),
                method=reverse("mypage:verify_method"),
                code=reverse("mypage:verify_code"),
                resend=reverse("mypage:verify_resend"),
            ),
            title=_("Confirm your contact phone"),
            steps=STEPS,
            at_method=2,
            at_code=3,
            then=then,
            onward=self.onward,
            named=self.contract,
            remembers=True,
        )


def begin(request: HttpRequest, contract: Contract, *, onward: str) -> None:
    request.session[_KEY] = {"contract": contract.pk, "onward": _safe(onward)}


def current(request: HttpRequest) -> Errand | None:
    """The errand in hand; without one the first contract, and on to My page; None for an ID without contracts."""
    kept = request.session.get(_KEY, {})
    visible = Contract.objects.visible_to(account_of(request)).select_related("customer", "service").order_by("pk")
    contract = visible.filter(pk=kept.get("contract")).first()
    if contract:
        return Errand(contract, _safe(kept["onward"]))
    contract = visible.first()
    return Errand(contract, reverse("mypage:home")) if contract else None


def end(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)


def _safe(onward: str) -> str:
    # A path alone: no host is allowed, so none can be smuggled in.
    if onward.startswith("/") and url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        return onward
    return reverse("mypage:home")
