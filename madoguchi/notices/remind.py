"""Reminders of planned work to the customers it touches. Rules and worked table: ``docs/notices-life.md``."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from madoguchi.notices import mailings
from madoguchi.notices.each import each
from madoguchi.notices.lifecycle import State
from madoguchi.notices.models import Notice, Report


def remind_due(*, at: datetime | None = None) -> int:
    """Open the mailings of all reminders that are due at ``at`` (now); how many there were."""
    at = at or timezone.now()
    ahead = (
        Notice.objects.in_force().work().filter(state=State.CONFIRMED, windows__spare=False, windows__starts_at__gt=at)
    )
    due = [notice.pk for notice in ahead.distinct().prefetch_related("reports", "windows") if _due(notice, at=at)]
    return each(due, lambda pk: _remind(pk, at=at))


def due_hours(
    hours: Iterable[int], *, begin: datetime, known: datetime, mailed: datetime | None, at: datetime
) -> int | None:
    """Which of the ``hours`` before ``begin`` calls for a reminder at ``at``: the nearest to the begin that has come.

    ``known`` is when the report that gave this begin was published, ``mailed`` when the last mailed one was: what came
    before either was news by then, and is no reminder.
    """
    news = max(known, mailed or known)
    come = [before for before in hours if news < begin - timedelta(hours=before) <= at < begin]
    return min(come, default=None)


@transaction.atomic
def _remind(pk: int, *, at: datetime) -> bool:
    notice = Notice.objects.select_for_update().get(pk=pk)
    hours, begin = _due(notice, at=at), notice.first_begin
    if hours is None or begin is None:
        return False
    reference = mailings.reminder_reference(notice, begin=begin, hours=hours)
    # A mailing is made once: it is also what remembers that the reminder went out.
    made = mailings.open_mailing(notice, renderer=mailings.REMINDER, reference=reference, at=at, expires_at=begin)
    return made is not None


def _due(notice: Notice, *, at: datetime) -> int | None:
    last, begin = notice.latest_report, notice.first_begin
    if last is None or begin is None or notice.state != State.CONFIRMED or notice.withdrawn_at is not None:
        return None
    reports = notice.published_reports
    mailed = next((report.published_at for report in reports if report.notify), None)
    return due_hours(last.remind_hours, begin=begin, known=_known(reports, begin), mailed=mailed, at=at)


def _known(reports: list[Report], begin: datetime) -> datetime:
    """When the first of the last reports (newest first) that agree on ``begin`` was published."""
    known = reports[0].published_at
    for report in reports:
        if report.first_begin != begin:
            break
        known = report.published_at
    assert known is not None  # noqa: S101 - they are published
    return known
