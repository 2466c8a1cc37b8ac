"""The two codes of a changed contact phone: first to the old number, then to the new one."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from madoguchi.contracts import phone_change
from madoguchi.contracts.models import Contract, Passcode, PhoneChange
from madoguchi.contracts.passcodes import Ask
from madoguchi.support.mypage.walk import Pages, Walk

STEPS = [_("Present phone"), _("New number"), _("New phone"), _("Done")]
TITLE = _("Change the contact phone")


def old_phone(contract: Contract) -> Walk:
    def then(request: HttpRequest) -> None:
        phone_change.begin(request, contract)

    return Walk(
        ask=Ask(contract, contract.contact_phone, Passcode.Purpose.OLD_PHONE),
        pages=Pages(
            start=_path("change_phone", contract),
            method=_path("change_phone", contract),
            code=_path("change_phone_code", contract),
            resend=_path("change_phone_resend", contract),
        ),
        title=TITLE,
        steps=STEPS,
        at_method=1,
        at_code=1,
        then=then,
        onward=_path("change_phone_new", contract),
        named=contract,
        of_contracts=True,
    )


def new_phone(change: PhoneChange) -> Walk:
    contract = change.contract

    def then(request: HttpRequest) -> None:
        phone_change.finish(request, change)

    return Walk(
        ask=Ask(contract, change.new_phone, Passcode.Purpose.NEW_PHONE),
        pages=Pages(
            start=_path("change_phone_new", contract),
            method=_path("change_phone_new_method", contract),
            code=_path("change_phone_new_code", contract),
            resend=_path("change_phone_new_resend", contract),
        ),
        title=TITLE,
        steps=STEPS,
        at_method=3,
        at_code=3,
        then=then,
        onward=_path("change_phone_done", contract),
        named=contract,
        of_contracts=True,
    )


def _path(page: str, contract: Contract) -> str:
    return reverse(f"mypage:{page}", args=[contract.number])
