"""Partitions of the tables of usage: made ahead of their month, dropped when their time is over and it is archived."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from .archive import NotArchived, archive, verify
from .models import BillingMonth, MonthArchive
from .months import month_after, stored_months

log = logging.getLogger(__name__)
AHEAD = 2  # months opened before anybody needs them, the current one not counted


def open_ahead(*, now: datetime) -> None:
    """Partitions for this month and the next two."""
    month = timezone.localdate(now).replace(day=1)
    with connection.cursor() as cursor:
        for months in range(AHEAD + 1):
            cursor.execute("SELECT statements_open_month(%s)", [month_after(month, months)])


def archive_closed(*, now: datetime) -> None:
    """Archive every closed month that is not yet, the oldest first."""
    done = MonthArchive.objects.values("month")
    for state in BillingMonth.objects.filter(closed_at__isnull=False).exclude(month__in=done).order_by("month"):
        archive(state.month, now=now)


def drop_old(*, now: datetime) -> list[BillingMonth]:
    """Drop the calls of months past their time; returns those dropped.

    Never a month that is not closed, nor one whose archive is not there, whole and as it was written: that is told in
    the log and tried again with the next run.
    """
    first = timezone.localdate(now).replace(day=1)
    oldest_kept = month_after(first, -settings.CALLS_MONTHS)
    stored = set(stored_months())
    past = BillingMonth.objects.filter(month__lt=oldest_kept, closed_at__isnull=False, dropped_at=None)
    dropped = []
    for state in past.order_by("month"):
        try:
            verify(state.month)
        except NotArchived as error:
            log.error("calls of a month are kept past their time: %s", error)
            continue
        with transaction.atomic(), connection.cursor() as cursor:
            if state.month in stored:
                cursor.execute("SET LOCAL lock_timeout = '5s'")  # who reads now goes first; the next run tries again
                for table in ("statements_call", "statements_usageline"):
                    cursor.execute(f"DROP TABLE IF EXISTS {table}_{state.month:%Y%m}")
            state.dropped_at = now
            state.save(update_fields=["dropped_at"])
        dropped.append(state)
    return dropped
