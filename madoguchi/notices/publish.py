"""Publishing a report: number, ordinal, state, mailing and the job that writes its letters, in one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Mailing
from madoguchi.lib.lanes import Lane
from madoguchi.notices import audience, jobs, lifecycle, write
from madoguchi.notices.lifecycle import State
from madoguchi.notices.models import Notice, NumberSeries, Report

LANES = {lifecycle.Kind.WORK: Lane.WORK, lifecycle.Kind.TROUBLE: Lane.TROUBLE}

# The ministry's guideline on announcing failures: after the first news, at least hourly.
TROUBLE_REPORT_EVERY = timedelta(hours=1)
# How long a report's mail is still worth having. Work: until its last window has ended.
TROUBLE_MAIL_LASTS = timedelta(hours=24)
WORK_MAIL_LASTS_LEAST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a report cannot be published: ``field`` of :class:`~madoguchi.notices.content.NoticeContent` or of
    ``ReportContent`` (empty for the whole), and a sentence for staff."""

    code: str
    field: str
    message: str | Promise


class NotReady(Exception):
    """The report lacks something; ``reasons`` says what, all at once."""

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = reasons


@transaction.atomic
def publish(report: Report, *, by: Account | None, at: datetime | None = None) -> Report:
    """Publish a draft report at ``at`` (aware; now when not given) and return it as stored.

    Raises :class:`~madoguchi.notices.lifecycle.IllegalMove` for a state that may not follow, :class:`NotReady` for
    what is missing. Either everything of it happens, the job that writes the letters included, or nothing.
    """
    at = at or timezone.now()
    # Two people publishing reports of one notice wait for each other here, so that ordinals and states follow.
    notice = Notice.objects.select_for_update().get(pk=report.notice_id)
    report = Report.objects.select_for_update().get(pk=report.pk)
    report.notice = notice
    if report.ordinal is None:
        lifecycle.check(kind=notice.kind, before=notice.state, after=report.state_after)
    if reasons := reasons_against(report):
        raise NotReady(reasons)

    previous = notice.latest_report
    report.ordinal = previous.ordinal + 1 if previous and previous.ordinal else 1
    # A correction after the final report is a report like any other.
    report.is_final = report.state_after in lifecycle.FINAL - {notice.state}
    report.published_by, report.published_at = by, at
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

    if report.notify:
        _mail(report)
    return report


def reasons_against(report: Report) -> tuple[Reason, ...]:
    """What keeps a draft from being published, for the form beside it; its state's move is not judged here."""
    if report.ordinal is not None:
        return (Reason("already_published", "", _("This report is already published.")),)
    notice = report.notice
    return (*_missing_words(report), *(_wrong_work(report) if notice.kind == "work" else _wrong_trouble(report)))


def _missing_words(report: Report) -> tuple[Reason, ...]:
    notice = report.notice
    found = []
    if not notice.title_ja.strip():
        found.append(Reason("no_title_ja", "title_ja", _("Enter the title in Japanese.")))
    if not report.body_ja.strip():
        found.append(Reason("no_body_ja", "body_ja", _("Enter the text in Japanese.")))
    if not notice.services.exists():
        found.append(Reason("no_services", "services", _("Choose at least one service.")))
    if not report.notify and report.state_after in lifecycle.FINAL - {notice.state} and _was_mailed(notice):
        # Nobody who got a first report is left without the last.
        message = _("Earlier reports were emailed, so the final one has to be emailed too.")
        found.append(Reason("final_unmailed", "notify", message))
    return tuple(found)


def _wrong_work(report: Report) -> tuple[Reason, ...]:
    if not any(not period.spare for period in report.periods):
        return (Reason("no_windows", "windows", _("Enter at least one period that is not a spare.")),)
    return ()


def _wrong_trouble(report: Report) -> tuple[Reason, ...]:
    found = []
    if report.started_at is None:
        found.append(Reason("no_start", "started_at", _("Enter when the trouble started.")))
    if report.state_after == State.RECOVERED and report.ended_at is None:
        found.append(Reason("no_end", "ended_at", _("Enter when the service recovered.")))
    for field in ("expected_end", "ended_at"):
        end = getattr(report, field)
        if report.started_at and end and end < report.started_at:
            found.append(Reason("end_before_start", field, _("The end cannot be before the start.")))
    return tuple(found)


def _was_mailed(notice: Notice) -> bool:
    return notice.reports.filter(ordinal__isnull=False, notify=True).exists()


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


def _mail(report: Report) -> None:
    """The report's mailing, and the job that writes its letters: there if and only if this transaction commits."""
    lane = LANES[lifecycle.Kind(report.notice.kind)]
    mailing = Mailing.objects.create(
        renderer=audience.RENDERER,
        reference=str(report.pk),
        lane=lane,
        expires_at=_expires_at(report),
        checkpoint=0,
    )
    # The lock keeps reports of one notice in order: a later one refers to the mails of those before.
    job = jobs.write_letters.configure(priority=lane.priority, lock=f"notice {report.notice_id}")
    job.defer(mailing_id=mailing.pk)


def _expires_at(report: Report) -> datetime:
    assert report.published_at is not None  # noqa: S101 - publish() has just set it
    if report.notice.kind == lifecycle.Kind.TROUBLE:
        return report.published_at + TROUBLE_MAIL_LASTS
    ends = [period.ends_at for period in report.periods]
    return max([report.published_at + WORK_MAIL_LASTS_LEAST, *ends])
