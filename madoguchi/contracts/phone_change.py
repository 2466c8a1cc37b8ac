"""Changing the contact phone of a contract: a code to the old number, then one to the new. By its holder alone.

Without the old phone only the operator can change it: whoever could do so here could read somebody's call records.
"""

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from madoguchi.accounts import limits
from madoguchi.accounts.events import record
from madoguchi.accounts.models import AuthEvent
from madoguchi.contracts import contact_phone, mail, verification
from madoguchi.contracts.models import Contract, Customer, Passcode, PhoneChange, PhoneProof, TrustedPhone
from madoguchi.contracts.models.phone_changes import GOOD_FOR
from madoguchi.contracts.sessions import account_of, sign_in_of

# New numbers one ID may name: each can ring at somebody's who has nothing to do with it.
NUMBERS = limits.Limit("new contact phone", 5, timedelta(days=1))


class SamePhone(Exception):
    """The new number is the old one."""


class NoWay(Exception):
    """No code can reach the new number, so it cannot be a contact phone."""


class Over(Exception):
    """The change cannot go on: done, begun again, too old, or the phone was changed meanwhile."""


def begin(request: HttpRequest, contract: Contract) -> PhoneChange:
    """After a right code to the old number, in its transaction: what this session began before is over."""
    verification.prove(request, contract)
    sign_in, now = sign_in_of(request), timezone.now()
    before = PhoneChange.objects.begun_in(sign_in, contract).filter(end="")
    before.update(end=PhoneChange.End.SUPERSEDED, ended_at=now)
    return PhoneChange.objects.create(
        account=account_of(request),
        contract=contract,
        sign_in=sign_in,
        old_phone=contract.contact_phone,
        expires_at=now + GOOD_FOR,
    )


def latest(request: HttpRequest, contract: Contract) -> PhoneChange | None:
    """The newest change of ``contract``'s phone begun in this sign-in, open or not."""
    return PhoneChange.objects.begun_in(sign_in_of(request), contract).select_related("contract__customer").first()


def name(change: PhoneChange, phone: str, *, everywhere: bool) -> None:
    """Choose the new number (E.164). Raises :class:`SamePhone`, :class:`NoWay`, :class:`limits.TooMany`."""
    if phone == change.old_phone:
        raise SamePhone
    if not contact_phone.channels(phone):
        raise NoWay
    if phone != change.new_phone:
        limits.take(NUMBERS, str(change.account_id))
    change.new_phone, change.everywhere = phone, everywhere
    change.save(update_fields=["new_phone", "everywhere"])


def finish(request: HttpRequest, change: PhoneChange) -> None:
    """After a right code to the new number, in its transaction: the phone is changed. Raises :class:`Over`."""
    Customer.objects.select_for_update().get(pk=change.contract.customer_id)
    phone = change.new_phone
    change = PhoneChange.objects.select_related("contract__customer").select_for_update(of=("self",)).get(pk=change.pk)
    if not change.is_open or change.new_phone != phone:
        raise Over
    change.end, change.ended_at = PhoneChange.End.DONE, timezone.now()
    change.save(update_fields=["end", "ended_at"])
    changed = list(change.contracts.order_by("pk"))
    Contract.objects.filter(pk__in=[contract.pk for contract in changed]).update(contact_phone=phone)
    _forget(change)
    for contract in changed:
        record(request, change.account, AuthEvent.Method.CONTACT_PHONE_CHANGED, True, contract_number=contract.number)
    change.contract.contact_phone = phone
    verification.prove(request, change.contract)
    mail.tell_phone_changed(change.account, change.contract)


def _forget(change: PhoneChange) -> None:
    """What the old phone had proven, for whomever: devices, proofs, codes on their way."""
    customer, phone = change.contract.customer_id, change.old_phone
    TrustedPhone.objects.filter(customer=customer, phone=phone).delete()
    PhoneProof.objects.filter(customer=customer, phone=phone).delete()
    Passcode.objects.filter(contract__customer=customer, phone=phone).supersede()
