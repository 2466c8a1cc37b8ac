"""E2: naming the contact phone of a contract, before a code is sent anywhere.

Nobody chooses where a code goes: what is typed is only compared with what the contract says.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from madoguchi.accounts.events import record
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.unlocking import Lock, counted_since
from madoguchi.contracts.models import Contract, PhoneEntry
from madoguchi.contracts.sessions import account_of, sign_in_of
from madoguchi.lib.tokens import digest

TRIES = 5
LOCKED_FOR = timedelta(minutes=30)
# Between naming the phone and asking for a code.
GOOD_FOR = timedelta(minutes=30)
_LOOK_BACK = timedelta(days=1)


class Locked(Exception):
    """Too many wrong phones. ``until`` says when the next try counts."""

    def __init__(self, until: datetime) -> None:
        super().__init__("locked")
        self.until = until


def enter(request: HttpRequest, contract: Contract, phone: str) -> bool:
    """Whether ``phone`` (E.164) is the contact phone of ``contract``.

    The fifth wrong one in a row locks the step for the ID: from then on, and for that one too, :class:`Locked`.
    """
    right = constant_time_compare(phone, contract.contact_phone)
    _keep(request, right, contract=contract)
    return right


def claim(request: HttpRequest, customer_number: str, phone: str) -> Contract | None:
    """The contract in force of that customer whose contact phone is ``phone`` (E.164), or None.

    Counted with the wrong phones of :func:`enter`. A number nobody has, and one with another phone, are the same wrong
    answer, and take the same work.
    """
    found = None
    for contract in Contract.objects.in_force().filter(customer__number=customer_number).order_by("-pk"):
        found = contract if constant_time_compare(phone, contract.contact_phone) else found
    _keep(request, found is not None, contract=found, claim=claim_on(customer_number))
    return found


def claim_on(customer_number: str) -> str:
    """The digest under which tries at a customer number are kept, whether or not anybody has it."""
    return digest(f"customer {customer_number}")


def claims_of(account: Account, *, since: timedelta) -> set[str]:
    """The digests of the customer numbers that ``account`` tried in that time."""
    tried = PhoneEntry.objects.filter(account=account, at__gt=timezone.now() - since).exclude(claim="")
    return set(tried.values_list("claim", flat=True))


def locked_until(account: Account) -> datetime | None:
    """Until when the step is locked for ``account``; None when it is open.

    A right phone forgives the wrong ones for its own contract only, so that knowing one phone does not buy tries at
    another.
    """
    now = timezone.now()
    wrong: Counter[int | str] = Counter()
    until = None
    since = counted_since(account, Lock.WRONG_PHONES, now - _LOOK_BACK)
    for entry in PhoneEntry.objects.filter(account=account, at__gt=since).order_by("at", "pk"):
        about = entry.claim or entry.contract_id or ""
        if entry.right:
            del wrong[about]
        else:
            wrong[about] += 1
        if wrong.total() >= TRIES:
            wrong.clear()
            until = entry.at + LOCKED_FOR
    return until if until and until > now else None


def entered(request: HttpRequest, contract: Contract) -> bool:
    """Whether this sign-in has named the contact phone of ``contract`` lately, so that a code may be sent to it."""
    return PhoneEntry.objects.filter(
        contract=contract,
        sign_in=sign_in_of(request),
        right=True,
        at__gt=timezone.now() - GOOD_FOR,
    ).exists()


def _keep(request: HttpRequest, right: bool, *, contract: Contract | None, claim: str = "") -> None:
    account = account_of(request)
    with transaction.atomic():
        # One try at a time for an ID, however many arrive together.
        Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        raise_if_locked(account)
        PhoneEntry.objects.create(
            account=account, contract=contract, claim=claim, sign_in=sign_in_of(request), right=right
        )
        if not right:
            record(
                request,
                account,
                AuthEvent.Method.CONTACT_PHONE,
                False,
                contract_number=contract.number if contract else "",
                detail="wrong_phone",
            )
        until = None if right else locked_until(account)
    if until:  # only now, so that the entry is kept
        raise Locked(until)


def raise_if_locked(account: Account) -> None:
    """Raise :class:`Locked` while the step is locked for ``account``."""
    if until := locked_until(account):
        raise Locked(until)
