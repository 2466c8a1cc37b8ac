"""The operator's budgets of codes: so many an hour and a day to each prefix of the numbering plan, and not one more.

What they guard against is toll fraud: somebody who makes this site call numbers they earn from. The share of codes that
is ever typed in (the conversion rate) tells it from a busy day. ``docs/verification.md`` says what staff do then.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from madoguchi.contracts.models import BudgetAlarm, Dispatch, Passcode
from madoguchi.delivery.post import post
from madoguchi.lib.lanes import Lane

log = structlog.get_logger(__name__)

HOURLY, DAILY = 1, 24
ALARM = "contracts.budget_alarm"


class Budget(NamedTuple):
    """Codes of the last ``hours`` to one prefix: ``sent`` of ``most`` allowed."""

    hours: int
    most: int
    sent: int

    @property
    def left(self) -> int:
        return max(0, self.most - self.sent)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a prefix stands now. Codes, typed and failed ones are those of the last 24 hours."""

    prefix: str
    hourly: Budget
    daily: Budget
    codes: int
    typed: int
    failed: int
    last_alarm: datetime | None

    @property
    def is_open(self) -> bool:
        return bool(self.hourly.left and self.daily.left)

    @property
    def rate(self) -> int | None:
        """Of a hundred codes, how many were typed in rightly; None when none was sent."""
        return round(100 * self.typed / self.codes) if self.codes else None


def budgets(prefix: str) -> tuple[Budget, Budget]:
    """The hourly and the daily one of ``prefix``, as they stand now."""
    return Budget(HOURLY, settings.CODES_AN_HOUR, _sent(prefix, HOURLY)), Budget(
        DAILY, settings.CODES_A_DAY, _sent(prefix, DAILY)
    )


def overview() -> list[Standing]:
    """Every prefix that got a code or an alarm in the last 24 hours, those cut off first, then the busiest."""
    since = timezone.now() - timedelta(hours=DAILY)
    prefixes = set(Dispatch.objects.filter(requested_at__gt=since).values_list("prefix", flat=True))
    prefixes |= set(BudgetAlarm.objects.filter(at__gt=since).values_list("prefix", flat=True))
    found = [_standing(prefix, since) for prefix in prefixes]
    return sorted(found, key=lambda each: (each.is_open, -each.daily.sent, each.prefix))


def raise_alarm(budget: Budget, prefix: str) -> None:
    """Tell the staff that ``budget`` is spent: a line in the log and a mail, once in its period.

    In a transaction of its own, after that of the refused request is gone.
    """
    with transaction.atomic():
        lock(f"alarm of {prefix}")
        now = timezone.now()
        told = BudgetAlarm.objects.filter(prefix=prefix, hours=budget.hours, at__gt=now - timedelta(hours=budget.hours))
        if told.exists():
            return
        log.error("codes_budget_spent", prefix=prefix, hours=budget.hours, budget=budget.most, sent=budget.sent)
        alarm = BudgetAlarm.objects.create(prefix=prefix, hours=budget.hours, budget=budget.most, sent=budget.sent)
        post(
            renderer=ALARM,
            reference=str(alarm.pk),
            lane=Lane.CODES,
            to=settings.ALARM_ADDRESS,
            language=settings.LANGUAGE_CODE,
            expires_at=now + timedelta(hours=DAILY),
        )


def lock(name: str) -> None:
    """Hold the name until the transaction's end: rows that are not there yet cannot be locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _sent(prefix: str, hours: int) -> int:
    return Dispatch.objects.filter(prefix=prefix, requested_at__gt=timezone.now() - timedelta(hours=hours)).count()


def _standing(prefix: str, since: datetime) -> Standing:
    hourly, daily = budgets(prefix)
    of_it = Dispatch.objects.filter(prefix=prefix, requested_at__gt=since)
    codes = Passcode.objects.filter(pk__in=of_it.values("passcode"))
    return Standing(
        prefix=prefix,
        hourly=hourly,
        daily=daily,
        codes=codes.count(),
        typed=codes.filter(end=Passcode.End.REDEEMED).count(),
        failed=of_it.filter(state=Dispatch.State.FAILED).count(),
        last_alarm=BudgetAlarm.objects.filter(prefix=prefix).aggregate(at=models.Max("at"))["at"],
    )
