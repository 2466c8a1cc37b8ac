"""Closings as jobs: a job for each part, on as many workers as there are."""

from contextlib import suppress
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from madoguchi.accounts.models import Account

from . import close
from .models import ClosingRun
from .months import due_to_close


def begin(month: date, *, now: datetime, by: Account | None = None, wait: bool = True) -> ClosingRun:
    """Begin a closing, or take it up again, and hand its parts to the workers. Raises as :func:`close.begin`."""
    run = close.begin(month, now=now, by=by, wait=wait)
    hand_out(run)
    return run


def hand_out(run: ClosingRun) -> None:
    """A job for each part that is not done; the part that waits in the queue already is not queued twice."""
    undone = list(run.shards.filter(finished_at=None).order_by("shard").values_list("shard", flat=True))
    for shard in undone or [0]:  # all done, and killed before the end: one job finds that out
        lock = f"statements.close:{run.pk}:{shard}"
        with suppress(AlreadyEnqueued), transaction.atomic():
            app.configure_task("statements.close_part", queueing_lock=lock).defer(run_id=run.pk, shard=shard)


def close_due(*, now: datetime) -> None:
    """Months are closed in their order: the oldest one that is due, or on its way."""
    if due := due_to_close(timezone.localdate(now)):
        begin(due[0], now=now)
    else:
        for run in ClosingRun.objects.filter(finished_at=None, called_off_at=None):
            hand_out(run)
