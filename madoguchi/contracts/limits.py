"""How often codes may be sent: to one number, and by the operator as a whole (toll fraud).

The rules are in ``docs/verification.md``. They are counted over the sendings of all IDs, under a lock that the
numbers and prefixes concerned share, so that requests arriving together cannot slip past.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from madoguchi.accounts import limits as tries
from madoguchi.accounts.models import Account
from madoguchi.accounts.network import source_network
from madoguchi.accounts.unlocking import Lock, counted_since
from madoguchi.contracts.budgets import Budget, budgets, lock
from madoguchi.contracts.contact_phone import budget_prefix
from madoguchi.contracts.models import Contract, Dispatch

PAUSE = timedelta(seconds=60)
A_NUMBER_AN_HOUR = 5
A_NUMBER_A_DAY = 10
AN_ID_AN_HOUR = 10
A_NETWORK = tries.Limit("code source", 100, timedelta(hours=1))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Limit(StrEnum):
    PAUSE = "pause"
    NUMBER = "number"
    ACCOUNT = "account"
    NETWORK = "network"
    BUDGET = "budget"


class LimitReached(Exception):
    """No code now. ``until`` is when the next one can be asked for, if that can be said; ``budget`` the one spent."""

    def __init__(self, limit: Limit, until: datetime | None = None, *, budget: Budget | None = None) -> None:
        super().__init__(limit.value)
        self.limit = limit
        self.until = until
        self.budget = budget


def claim_sending(request: HttpRequest, account: Account, phone: str) -> None:
    """Pass when ``account`` may have a code sent to ``phone`` (E.164) now; raise :class:`LimitReached` else.

    Inside the transaction that writes the :class:`Dispatch`, by whoever holds the account's row: until its end nobody
    else passes for the same ID, number or prefix.
    """
    prefix = budget_prefix(phone)
    lock(f"codes to {prefix}")
    now = timezone.now()
    sent = Dispatch.objects.filter(phone=phone)
    _within(sent.filter(requested_at__gt=now - PAUSE), 1, Limit.PAUSE, PAUSE)
    _raise_if_reached(account, phone, now=now)
    for budget in budgets(prefix):
        if not budget.left:
            raise LimitReached(Limit.BUDGET, budget=budget)
    try:
        tries.take(A_NETWORK, source_network(request))
    except tries.TooMany:
        raise LimitReached(Limit.NETWORK) from None


def reached_until(account: Account) -> datetime | None:
    """Until when codes to a contact phone of ``account``'s contracts are too many; None when more may be sent."""
    phones = set(Contract.objects.visible_to(account).values_list("contact_phone", flat=True))
    reached: list[datetime] = []
    for phone in phones:
        try:
            _raise_if_reached(account, phone, now=timezone.now())
        except LimitReached as limit:
            reached += [limit.until] if limit.until else []
    return max(reached, default=None)


def next_sending(phone: str) -> datetime | None:
    """When the pause after the last code to ``phone`` is over; None when there is none to wait for."""
    last = Dispatch.objects.filter(phone=phone, requested_at__gt=timezone.now() - PAUSE).order_by("-requested_at")
    found = last.values_list("requested_at", flat=True).first()
    return found + PAUSE if found else None


def _raise_if_reached(account: Account, phone: str, *, now: datetime) -> None:
    """Of the number, over all IDs, and of the ID; what was sent before staff took the lock off counts no more."""
    sent = Dispatch.objects.filter(phone=phone)
    for most, period in ((A_NUMBER_AN_HOUR, HOUR), (A_NUMBER_A_DAY, DAY)):
        since = counted_since(account, Lock.CODES_SENT, now - period)
        _within(sent.filter(requested_at__gt=since), most, Limit.NUMBER, period)
    since = counted_since(account, Lock.CODES_SENT, now - HOUR)
    of_the_id = Dispatch.objects.filter(passcode__account=account, requested_at__gt=since)
    _within(of_the_id, AN_ID_AN_HOUR, Limit.ACCOUNT, HOUR)


def _within(sent: models.QuerySet[Dispatch], most: int, limit: Limit, period: timedelta) -> None:
    times = list(sent.order_by("-requested_at").values_list("requested_at", flat=True)[:most])
    if len(times) >= most:
        raise LimitReached(limit, times[-1] + period)
