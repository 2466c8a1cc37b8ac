"""Scheduled publication: a ready draft goes out at its moment, once. Rules: ``docs/notices-life.md``."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from madoguchi.accounts.models import Account
from madoguchi.notices import mailings, staff_mail
from madoguchi.notices.each import each
from madoguchi.notices.lifecycle import IllegalMove, Kind
from madoguchi.notices.models import Report
from madoguchi.notices.publish import NotReady, check, hold, put
from madoguchi.notices.ready import is_publisher
from madoguchi.notices.write import NotADraft

Failure = Report.ScheduleFailure


class PastMoment(ValueError):
    """A moment that has passed: publish it now instead."""


@transaction.atomic
def schedule(report: Report, *, at: datetime, by: Account | None) -> Report:
    """Have a ready draft published at ``at`` (aware); a new moment replaces the one it had.

    Raises what :func:`madoguchi.notices.publish.publish` would, and :class:`PastMoment`.
    """
    report = hold(report)
    check(report)
    if at <= timezone.now():
        raise PastMoment
    report.publish_at, report.scheduled_by, report.schedule_failed = at, by, ""
    report.save(update_fields=["publish_at", "scheduled_by", "schedule_failed"])
    priority = mailings.LANES[Kind(report.notice.kind)].priority
    app.configure_task("notices.publish_due", schedule_at=at, priority=priority).defer(timestamp=int(at.timestamp()))
    return report


@transaction.atomic
def unschedule(report: Report, *, by: Account | None) -> Report:
    """Take a draft off its schedule; one that has none stays as it is. :class:`NotADraft` when it is published."""
    report = hold(report)
    if report.ordinal is not None:
        raise NotADraft
    return _take_off(report)


def publish_due(*, at: datetime | None = None) -> int:
    """Publish every draft whose moment has come by ``at`` (now); how many were."""
    at = at or timezone.now()
    due = Report.objects.filter(ordinal=None, publish_at__lte=at).order_by("publish_at", "pk")
    return each(list(due.values_list("pk", flat=True)), lambda pk: _publish(pk, at=at))


@transaction.atomic
def _publish(pk: int, *, at: datetime) -> bool:
    found = Report.objects.filter(pk=pk).first()
    if found is None:
        return False
    # Whoever comes second waits here, and finds it published.
    report = hold(found)
    if report.ordinal is not None or report.publish_at is None or report.publish_at > at:
        return False
    if not is_publisher(report.scheduled_by):
        return _give_up(report, Failure.NOT_A_PUBLISHER)
    try:
        check(report, at=at)
    except IllegalMove:
        return _give_up(report, Failure.ILLEGAL_MOVE)
    except NotReady:
        return _give_up(report, Failure.NOT_READY)
    put(report, by=report.scheduled_by, at=at)
    return True


def _give_up(report: Report, failure: Report.ScheduleFailure) -> bool:
    assert report.publish_at is not None  # noqa: S101 - it was due
    staff_mail.not_published(report, moment=report.publish_at, failure=failure)
    _take_off(report, failure=failure)
    return False


def _take_off(report: Report, *, failure: str = "") -> Report:
    report.publish_at = report.scheduled_by = None
    report.schedule_failed = failure
    report.save(update_fields=["publish_at", "scheduled_by", "schedule_failed"])
    return report
