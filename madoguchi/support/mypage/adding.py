"""The contracts somebody is about to link: what was typed so far, kept in the session, sealed."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.contracts import linking
from madoguchi.contracts.models import Contract, Passcode
from madoguchi.contracts.passcodes import Ask
from madoguchi.lib.tokens import BrokenSeal, seal, unseal
from madoguchi.support.mypage.walk import Pages, Walk

# Four stand side by side on a phone: the Japanese words are shorter than where there are three.
STEPS = [
    _("Customer number"),
    pgettext_lazy("short", "Contact phone"),
    _("How to receive"),
    pgettext_lazy("short", "Enter the code"),
]
TITLE = _("Link contracts")
_KEY, _DONE = "adding", "added"


def begin(request: HttpRequest, customer_number: str) -> None:
    request.session[_KEY] = {"number": seal(customer_number).decode("ascii")}


def number(request: HttpRequest) -> str:
    """The customer number typed, or nothing."""
    try:
        return unseal(request.session.get(_KEY, {}).get("number", "").encode())
    except BrokenSeal:
        return ""


def matched(request: HttpRequest, contract: Contract) -> None:
    """Number and phone go together: a code may be sent to the phone of ``contract``."""
    request.session[_KEY] = {**request.session[_KEY], "contract": contract.pk}


def walk(request: HttpRequest) -> Walk | None:
    """The way to the code, once number and phone were right; None before that."""
    contract = Contract.objects.filter(pk=request.session.get(_KEY, {}).get("contract")).first()
    if contract is None:
        return None
    return Walk(
        ask=Ask(contract, contract.contact_phone, Passcode.Purpose.LINK),
        pages=Pages(
            start=reverse("mypage:add_phone"),
            method=reverse("mypage:add_method"),
            code=reverse("mypage:add_code"),
            resend=reverse("mypage:add_resend"),
        ),
        title=TITLE,
        steps=STEPS,
        at_method=3,
        at_code=4,
        then=lambda request: _link(request, contract),
        onward=reverse("mypage:add_done"),
        of_contracts=True,
    )


def done(request: HttpRequest) -> dict[str, int]:
    """The link made last in this session: its ``link`` and whether it is ``new``; empty where there is none."""
    kept: dict[str, int] = request.session.get(_DONE, {})
    return kept


def _link(request: HttpRequest, contract: Contract) -> None:
    made = linking.link(request, contract)
    request.session.pop(_KEY, None)
    request.session[_DONE] = {"link": made.link.pk, "new": made.new}
