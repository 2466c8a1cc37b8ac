"""How often codes may be sent: to one number, and by the operator as a whole (toll fraud).

The rules are in ``docs/verification.md``. They are counted over the sendings of all IDs, under a lock that the
numbers and prefixes concerned share, so that requests arriving together cannot slip past.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from madoguchi.contracts.contact_phone import budget_prefix
from madoguchi.contracts.models import Dispatch

log = structlog.get_logger(__name__)

PAUSE = timedelta(seconds=60)
A_NUMBER_AN_HOUR = 5
A_NUMBER_A_DAY = 10
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Limit(StrEnum):
    PAUSE = "pause"
    NUMBER = "number"
    BUDGET = "budget"


class LimitReached(Exception):
    """No code now. ``until`` is when the next one can be asked for, if that can be said."""

    def __init__(self, limit: Limit, until: datetime | None = None) -> None:
        super().__init__(limit.value)
        self.limit = limit
        self.until = until


def claim_sending(phone: str) -> None:
    """Pass when a code may be sent to ``phone`` (E.164) now; raise :class:`LimitReached` else.

    Inside the transaction that writes the :class:`Dispatch`: until its end nobody else passes for the same number or
    prefix.
    """
    prefix = budget_prefix(phone)
    _lock(f"codes to {prefix}")
    now = timezone.now()
    sent = Dispatch.objects.filter(phone=phone)
    _within(sent.filter(requested_at__gt=now - PAUSE), 1, Limit.PAUSE, PAUSE)
    _within(sent.filter(requested_at__gt=now - HOUR), A_NUMBER_AN_HOUR, Limit.NUMBER, HOUR)
    _within(sent.filter(requested_at__gt=now - DAY), A_NUMBER_A_DAY, Limit.NUMBER, DAY)
    over = Dispatch.objects.filter(prefix=prefix)
    for period, most in ((HOUR, settings.CODES_AN_HOUR), (DAY, settings.CODES_A_DAY)):
        if over.filter(requested_at__gt=now - period).count() >= most:
            log.error("codes_budget_spent", prefix=prefix, hours=int(period / HOUR), budget=most)
            raise LimitReached(Limit.BUDGET)


def next_sending(phone: str) -> datetime | None:
    """When the pause after the last code to ``phone`` is over; None when there is none to wait for."""
    last = Dispatch.objects.filter(phone=phone, requested_at__gt=timezone.now() - PAUSE).order_by("-requested_at")
    found = last.values_list("requested_at", flat=True).first()
    return found + PAUSE if found else None


def _within(sent: models.QuerySet[Dispatch], most: int, limit: Limit, period: timedelta) -> None:
    times = list(sent.order_by("-requested_at").values_list("requested_at", flat=True)[:most])
    if len(times) >= most:
        raise LimitReached(limit, times[-1] + period)


def _lock(name: str) -> None:
    # Rows that are not there yet cannot be locked; the lock on their name ends with the transaction.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
