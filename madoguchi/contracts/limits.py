"""How often codes may be sent: to one number, and by the operator as a whole (toll fraud).

The rules are in ``docs/verification.md``. They are counted over the sendings of all IDs, under a lock that the
numbers and prefixes concerned share, so that requests arriving together cannot slip past.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

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
    if reached := standing(account, phone):
        raise reached
    for budget in budgets(prefix):
        if not budget.left:
            raise LimitReached(Limit.BUDGET, budget=budget)
    try:
        tries.take(A_NETWORK, source_network(request))
    except tries.TooMany:
        raise LimitReached(Limit.NETWORK) from None


def standing(account: Account, phone: str) -> LimitReached | None:
    """What keeps ``account`` from having a code sent to ``phone`` now; of several, what lasts longest."""
    now = timezone.now()
    pause = _within(Dispatch.objects.filter(phone=phone, requested_at__gt=now - PAUSE), 1, Limit.PAUSE, PAUSE)
    found = [limit for limit in (pause, *_counted(account, phone, now=now)) if limit]
    return max(found, key=_end, default=None)


def reached_until(account: Account) -> datetime | None:
    """Until when codes to a contact phone of ``account``'s contracts are too many; None when more may be sent."""
    phones = set(Contract.objects.visible_to(account).values_list("contact_phone", flat=True))
    now = timezone.now()
    return max((_end(limit) for phone in phones for limit in _counted(account, phone, now=now) if limit), default=None)


def _counted(account: Account, phone: str, *, now: datetime) -> Iterator[LimitReached | None]:
    """Of the number, over all IDs, and of the ID; what was sent before staff took the lock off counts no more."""
    sent = Dispatch.objects.filter(phone=phone)
    for most, period in ((A_NUMBER_AN_HOUR, HOUR), (A_NUMBER_A_DAY, DAY)):
        since = counted_since(account, Lock.CODES_SENT, now - period)
        yield _within(sent.filter(requested_at__gt=since), most, Limit.NUMBER, period)
    since = counted_since(account, Lock.CODES_SENT, now - HOUR)
    of_the_id = Dispatch.objects.filter(passcode__account=account, requested_at__gt=since)
    yield _within(of_the_id, AN_ID_AN_HOUR, Limit.ACCOUNT, HOUR)


def _within(sent: models.QuerySet[Dispatch], most: int, limit: Limit, period: timedelta) -> LimitReached | None:
    times = list(sent.order_by("-requested_at").values_list("requested_at", flat=True)[:most])
    return LimitReached(limit, times[-1] + period) if len(times) >= most else None


def _end(limit: LimitReached) -> datetime:
    return cast(datetime, limit.until)  # these have one
