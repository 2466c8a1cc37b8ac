"""Which months still take lines, and when a month closes."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.db import connection

from madoguchi.lib.postgresql import waits
from madoguchi.statements.rating import month_before

from .models import BillingMonth


def month_after(month: date, months: int = 1) -> date:
    return month_before(month, -months)


def closes_on(month: date) -> date:
    """The day on which a month is closed unless somebody does it before."""
    return month_after(month) + timedelta(days=settings.CLOSE_DAY - 1)


def frozen(months: Iterable[date]) -> set[date]:
    """Those that take no lines any more: closed, or being closed."""
    rows = BillingMonth.objects.filter(month__in=set(months), frozen_at__isnull=False)
    return set(rows.values_list("month", flat=True))


def open_month_for(month: date) -> date:
    """The month on whose bill a line of ``month`` (its first day) goes: itself, or the first later one still open."""
    later = BillingMonth.objects.filter(month__gte=month, frozen_at__isnull=False)
    taken = set(later.values_list("month", flat=True))
    while month in taken:
        month = month_after(month)
    return month


class ImportRunning(Exception):
    """A file is being taken in, or a month closed: it takes a while."""


def keep_imports_out(*, to: str, wait: bool = True) -> None:
    """Wait for the import that is running, and let none begin before this transaction ends.

    ``to``: what is done meanwhile, as those read who wait for it (``lib.postgresql.waits``). Without ``wait`` raises
    :class:`ImportRunning` instead: somebody sits before a page.
    """
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('statements_import'))")
        else:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('statements_import'))")
            if not cursor.fetchone()[0]:
                raise ImportRunning
    waits.doing(to)


def stored_months() -> list[date]:
    """The months the tables of calls and other usage have a partition for, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT to_date(right(inhrelid::regclass::text, 6), 'YYYYMM') FROM pg_inherits "
            "WHERE inhparent IN ('statements_call'::regclass, 'statements_usageline'::regclass) ORDER BY 1"
        )
        return [month for (month,) in cursor.fetchall()]


def has_lines(month: date) -> bool:
    """Whether any call or other usage of a month is stored."""
    from madoguchi.statements.models import Call, UsageLine

    return any(model.objects.filter(month=month).exists() for model in (Call, UsageLine))


def earlier_open_month(month: date) -> date | None:
    """The first month before ``month`` that has calls or other usage and is not closed."""
    closed = set(BillingMonth.objects.filter(closed_at__isnull=False).values_list("month", flat=True))
    for stored in stored_months():
        if stored < month and stored not in closed and has_lines(stored):
            return stored
    return None


def due_to_close(today: date) -> list[date]:
    """Months with usage whose day of closing has come and that are not closed, the oldest first."""
    closed = set(BillingMonth.objects.filter(closed_at__isnull=False).values_list("month", flat=True))
    return [
        month for month in stored_months() if month not in closed and closes_on(month) <= today and has_lines(month)
    ]
