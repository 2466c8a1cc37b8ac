"""The mailings about a notice: its reports, the reminders of planned work, its withdrawal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet
from procrastinate.contrib.django import app

from madoguchi.delivery.models import Mailing
from madoguchi.lib.lanes import Lane
from madoguchi.notices.lifecycle import Kind, State
from madoguchi.notices.models import Notice, Report

# The names under which their mails are rendered. A mailing's reference is the report's id, "notice/begin/hours" of a
# reminder, the notice's id of a withdrawal: each goes out once.
REPORT, REMINDER, WITHDRAWAL = "notices.report", "notices.reminder", "notices.withdrawal"
ALL = (REPORT, REMINDER, WITHDRAWAL)
WITHDRAWAL_MARK = "w"

LANES = {Kind.WORK: Lane.WORK, Kind.TROUBLE: Lane.TROUBLE}
# How long a mail about a notice is still worth having. Work: until its last window has ended.
TROUBLE_LASTS = timedelta(hours=24)
WORK_LASTS_LEAST = timedelta(hours=24)
_BEGIN = "%Y%m%dT%H%MZ"


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a mailing is about: ``report`` is the one it mails, or the last one published.

    ``at`` is the moment whose days and hours count; ``mark`` tells its mails from the notice's others in their ids;
    ``only_told``: it goes to those alone who got an earlier mail about the notice.
    """

    report: Report
    at: datetime
    mark: str
    only_told: bool = False


def occasion(mailing: Mailing) -> Occasion:
    """What the mailing of one of :data:`ALL` is about."""
    if mailing.renderer == REPORT:
        report = Report.objects.select_related("notice").get(pk=mailing.reference)
        if report.published_at is None:
            raise ValueError("a draft report has no letters")
        return Occasion(report, report.published_at, str(report.ordinal))
    last = last_report(mailing.reference)
    if mailing.renderer == REMINDER:
        return Occasion(last, mailing.created_at, reminder_mark(mailing.reference))
    if mailing.renderer == WITHDRAWAL and last.notice.withdrawn_at is not None:
        return Occasion(last, last.notice.withdrawn_at, WITHDRAWAL_MARK, only_told=True)
    raise ValueError(f"{mailing} is not about a notice")


def last_report(reference: str) -> Report:
    """Of the notice that a reminder's or a withdrawal's reference names."""
    notice_id = int(reference.partition("/")[0])
    return Report.objects.published().select_related("notice").filter(notice=notice_id)[0]


def reports_of(found: Iterable[Mailing]) -> dict[int, Report]:
    """By each mailing's id the report it mailed, or the last one of the notice it is about."""
    by_id = {mailing.pk: mailing for mailing in found}
    mailed = {pk: int(mailing.reference) for pk, mailing in by_id.items() if mailing.renderer == REPORT}
    reports = Report.objects.select_related("notice").in_bulk(set(mailed.values()))
    return {
        pk: reports[mailed[pk]] if pk in mailed else last_report(mailing.reference) for pk, mailing in by_id.items()
    }


def reminder_reference(notice: Notice, *, begin: datetime, hours: int) -> str:
    return f"{notice.pk}/{begin.astimezone(UTC):{_BEGIN}}/{hours}"


def reminder_mark(reference: str) -> str:
    _, begin, hours = reference.split("/")
    return f"r{begin}-{hours}".lower()


def open_mailing(
    notice: Notice, *, renderer: str, reference: str, at: datetime, expires_at: datetime | None = None
) -> Mailing | None:
    """Make a mailing and defer the job that writes its letters, in the caller's transaction; None when there is one.

    Without ``expires_at`` it lasts as long as mail about the notice is worth having.
    """
    lane = LANES[Kind(notice.kind)]
    begun = {"lane": lane, "checkpoint": 0, "expires_at": expires_at or _expires_at(notice, at=at)}
    mailing, is_new = Mailing.objects.get_or_create(
        renderer=renderer, reference=reference, single=False, defaults=begun
    )
    if not is_new:
        return None
    Mailing.objects.filter(pk=mailing.pk).update(created_at=at)
    # The lock keeps a notice's mailings in order: a later one refers to the mails of those before.
    job = app.configure_task("notices.write_letters", priority=lane.priority, lock=f"notice {notice.pk}")
    job.defer(mailing_id=mailing.pk)
    return mailing


def about(notice: Notice) -> "QuerySet[Mailing]":
    """Everything that was ever mailed about ``notice``, in its order."""
    reports = notice.reports.filter(ordinal__isnull=False).values_list("pk", flat=True)
    return Mailing.objects.filter(
        Q(renderer=REPORT, reference__in=[str(pk) for pk in reports])
        | Q(renderer=REMINDER, reference__startswith=f"{notice.pk}/")
        | Q(renderer=WITHDRAWAL, reference=str(notice.pk)),
        single=False,
    ).order_by("pk")


def marks(notice: Notice, *, before: Mailing) -> Iterator[tuple[int, str]]:
    """The ids and marks of the mailings about ``notice`` before that one, in their order."""
    ordinals = {str(pk): str(n) for pk, n in notice.reports.filter(ordinal__isnull=False).values_list("pk", "ordinal")}
    for mailing in about(notice).filter(pk__lt=before.pk).exclude(renderer=WITHDRAWAL):
        yield mailing.pk, ordinals.get(mailing.reference) or reminder_mark(mailing.reference)


def take_back(notice: Notice, *, reason: str) -> None:
    """Send nothing more of what was mailed about ``notice``: its letters that wait are skipped for ``reason``."""
    for mailing in about(notice).filter(finished_at=None).exclude(state=Mailing.State.CANCELLED):
        mailing.cancel(reason=reason)


def take_back_reminders(notice: Notice) -> None:
    """Of reminders that wait, those of another begin, or of work that is no longer ahead, are not sent any more."""
    begin = notice.first_begin
    stands = f"{notice.pk}/{begin.astimezone(UTC):{_BEGIN}}/" if begin else None
    for mailing in about(notice).filter(renderer=REMINDER, finished_at=None).exclude(state=Mailing.State.CANCELLED):
        if notice.state != State.CONFIRMED or stands is None or not mailing.reference.startswith(stands):
            mailing.cancel()


def _expires_at(notice: Notice, *, at: datetime) -> datetime:
    if notice.kind == Kind.TROUBLE:
        return at + TROUBLE_LASTS
    return max([at + WORK_LASTS_LEAST, *(period.ends_at for period in notice.periods)])
