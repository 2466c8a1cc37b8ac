"""Publishing a report: number, ordinal, state, mailing and the job that writes its letters, in one transaction."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.notices import lifecycle, mailings, webhook_calls, write
from madoguchi.notices.fingerprint import fingerprint
from madoguchi.notices.lifecycle import State
from madoguchi.notices.models import Notice, NumberSeries, Report
from madoguchi.notices.ready import NotReady, Reason, is_approved, reasons_against

__all__ = ["NotReady", "Reason", "check", "fingerprint", "hold", "publish", "put", "reasons_against"]

# The ministry's guideline on announcing failures: after the first news, at least hourly.
TROUBLE_REPORT_EVERY = timedelta(hours=1)


@transaction.atomic
def publish(report: Report, *, by: Account | None, at: datetime | None = None) -> Report:
    """Publish a draft report at ``at`` (aware; now when not given) and return it as stored.

    Raises :class:`~madoguchi.notices.lifecycle.IllegalMove` for a state that may not follow, :class:`NotReady` for
    what is missing. Either everything of it happens, the job that writes the letters included, or nothing.
    """
    report = hold(report)
    at = at or timezone.now()
    check(report, at=at)
    return put(report, by=by, at=at)


def hold(report: Report) -> Report:
    """Lock the notice and its draft until the end of the transaction; the report as it is now.

    Two people publishing reports of one notice wait for each other here, so that ordinals and states follow.
    """
    notice = Notice.objects.select_for_update().get(pk=report.notice_id)
    report = Report.objects.select_for_update().get(pk=report.pk)
    report.notice = notice
    return report


def check(report: Report, *, at: datetime | None = None) -> None:
    """Raise what :func:`publish` would raise ``at`` (now when not given)."""
    if report.ordinal is None and report.notice.withdrawn_at is None:
        lifecycle.check(kind=report.notice.kind, before=report.notice.state, after=report.state_after)
    if reasons := reasons_against(report, at=at):
        raise NotReady(reasons)


def put(report: Report, *, by: Account | None, at: datetime, tell: bool = True) -> Report:
    """Publish a report that was checked, as its notice's next one; the caller holds the notice.

    Without ``tell`` nobody is told: no mailing, no call of a program, no job.
    """
    notice = report.notice
    previous = notice.latest_report
    report.ordinal = previous.ordinal + 1 if previous and previous.ordinal else 1
    # A correction after the final report is a report like any other.
    report.is_final = report.state_after in lifecycle.FINAL - {notice.state}
    report.published_by, report.published_at = by, at
    if report.publish_at and at < report.publish_at:
        # By hand, before its moment.
        report.publish_at = report.scheduled_by = None
    _ask_for_signature(report, by=by, at=at)
    _set_times(report, at=at)
    report.changes = _changes(notice, report) if previous else {}
    report.save()

    if notice.number is None:
        year = at.astimezone(ZoneInfo(settings.TIME_ZONE)).year
        notice.number = NumberSeries.take(kind=notice.kind, year=year)
        notice.first_published_at = at
    notice.state, notice.last_published_at = report.state_after, at
    write.take_over_facts(notice, report)
    notice.save()

    if notice.kind == lifecycle.Kind.WORK:
        mailings.take_back_reminders(notice)
    if tell and report.notify:
        mailings.open_mailing(notice, renderer=mailings.REPORT, reference=str(report.pk), at=at)
    if tell:
        webhook_calls.announce(notice, event=webhook_calls.Event.REPORT, ordinal=report.ordinal)
    return report


def _set_times(report: Report, *, at: datetime) -> None:
    """Times that follow from the state when staff gave none."""
    match report.state_after:
        case State.IN_PROGRESS if report.started_at is None:
            report.started_at = at
        case State.COMPLETED if report.ended_at is None:
            report.ended_at = at
    if report.state_after in lifecycle.FINAL:
        report.next_report_due = None
    elif report.notice.kind == lifecycle.Kind.TROUBLE and report.next_report_due is None:
        report.next_report_due = at + TROUBLE_REPORT_EVERY


def _ask_for_signature(report: Report, *, by: Account | None, at: datetime) -> None:
    """Trouble may go first, and is signed off afterwards unless it was approved before."""
    waits = settings.NOTICE_APPROVAL and report.notice.kind == lifecycle.Kind.TROUBLE and not is_approved(report)
    report.approval_asked_at, report.approval_asked_by = (at, by) if waits else (None, None)


def _changes(notice: Notice, report: Report) -> dict[str, list[object]]:
    """Old and new of what readers plan by."""
    found: dict[str, list[object]] = {}
    if notice.periods != report.periods:
        found["windows"] = [[p.to_json() for p in notice.periods], [p.to_json() for p in report.periods]]
    if notice.expected_end != report.expected_end:
        pair = (notice.expected_end, report.expected_end)
        found["expected_end"] = [end.isoformat() if end else None for end in pair]
    for name in ("impact", "severity"):
        if getattr(notice, name) != getattr(report, name):
            found[name] = [getattr(notice, name), getattr(report, name)]
    return found
