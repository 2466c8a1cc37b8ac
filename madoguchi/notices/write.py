"""Writing: a notice with its first report, further reports, and changes to a draft. Nothing here is public yet."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.notices import lifecycle
from madoguchi.notices.content import NoticeContent, ReportContent
from madoguchi.notices.models import AffectedContract, Notice, Report, Window

# Columns a report and its notice have in common, as a ReportContent names them.
FACTS = (
    "impact",
    "severity",
    "emergency_calls_ja",
    "emergency_calls_en",
    "alternatives_ja",
    "alternatives_en",
    "started_at",
    "expected_end",
    "ended_at",
    "next_report_due",
)
_WORDS = ("state_after", "body_ja", "body_en", "notify")
# How work goes on by itself after a report.
COURSE = ("starts_itself", "ends_itself", "notify_start", "notify_end")
_FIXED = ("title_ja", "title_en", "external_reference")


class NotADraft(Exception):
    """What is published stays as it is: a correction is a further report."""


class StaleDraft(Exception):
    """Somebody else saved the draft meanwhile: what was read is no longer what is there. ``report`` is as it is now."""

    def __init__(self, report: Report) -> None:
        super().__init__(f"the draft of {report.notice} is at revision {report.revision}")
        self.report = report


class DraftWaits(Exception):
    """A notice has one report being written at a time; ``report`` is the one that waits."""

    def __init__(self, report: Report) -> None:
        super().__init__(f"{report.notice} already has a draft report")
        self.report = report


@transaction.atomic
def start(
    *, kind: str, notice: NoticeContent, report: ReportContent, by: Account | None, form_key: UUID | None = None
) -> Report:
    """Begin a notice of ``kind`` with its first report, both drafts. May be incomplete: publishing checks.

    ``form_key`` names the form it was written in, which starts one notice: a second one is an ``IntegrityError``.
    """
    kept = Notice(kind=lifecycle.Kind(kind), impact=report.impact, created_by=by, form_key=form_key)
    _fill_notice(kept, notice)
    draft = Report(notice=kept)
    compose(draft, report)
    return _save(draft, by=by)


@transaction.atomic
def edit_report(
    report: Report,
    *,
    content: ReportContent,
    by: Account | None,
    about: NoticeContent | None = None,
    revision: int | None = None,
) -> Report:
    """Change a report that is not published, and what its notice is ``about`` while no report of it is; else
    :class:`NotADraft`.

    ``revision`` is the report's as the writer read it: :class:`StaleDraft` when somebody saved another since. A change
    takes the draft off its schedule and voids its approval; saving what is there already does neither.
    """
    notice = Notice.objects.select_for_update().get(pk=report.notice_id)
    report = Report.objects.select_for_update().get(pk=report.pk)
    report.notice = notice
    if report.ordinal is not None or (about is not None and not notice.is_draft):
        raise NotADraft
    if revision is not None and revision != report.revision:
        raise StaleDraft(report)
    before = (content_of(notice), content_of_report(report))
    if about is not None:
        _fill_notice(notice, about)
    compose(report, content)
    if (content_of(notice), content_of_report(report)) != before:
        report.revision += 1
        report.publish_at = report.scheduled_by = None
        report.schedule_failed = ""
        _save(report, by=by)
    return report


@transaction.atomic
def add_report(notice: Notice, *, content: ReportContent, by: Account | None) -> Report:
    """Begin a further report. Raises :class:`DraftWaits` while another is being written, and
    :class:`~madoguchi.notices.lifecycle.Withdrawn` when there is nothing to add any more."""
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    if notice.withdrawn_at is not None:
        raise lifecycle.Withdrawn(str(notice))
    if waiting := notice.draft_report:
        raise DraftWaits(waiting)
    draft = Report(notice=notice)
    compose(draft, content)
    return _save(draft, by=by)


@transaction.atomic
def discard(report: Report) -> None:
    """Throw a draft report away, and its notice with it when it was the first. Published: :class:`NotADraft`."""
    report = Report.objects.select_for_update(of=("self",)).select_related("notice").get(pk=report.pk)
    if report.ordinal is not None:
        raise NotADraft
    report.delete()
    if report.notice.is_draft:
        report.notice.delete()


def content_of(notice: Notice) -> NoticeContent:
    """What a notice is about, as it stands."""
    return NoticeContent(
        **{name: getattr(notice, name) for name in _FIXED},
        services=tuple(notice.services.all()),
        regions=tuple(notice.regions),
        contract_numbers=tuple(
            notice.affected_contracts.order_by("contract_number").values_list("contract_number", flat=True)
        ),
    )


def content_of_report(report: Report) -> ReportContent:
    """What a report says, as it stands."""
    said = {name: getattr(report, name) for name in (*_WORDS, *FACTS, *COURSE)}
    return ReportContent(**said, remind_hours=tuple(report.remind_hours), windows=report.periods)


def further_content(notice: Notice) -> ReportContent:
    """Where a further report starts from: the facts and the course as last published, no words yet, the same state."""
    facts = {name: getattr(notice, name) for name in FACTS if name != "next_report_due"}
    course: dict[str, Any] = {}
    if latest := notice.latest_report:
        course = {name: getattr(latest, name) for name in COURSE} | {"remind_hours": tuple(latest.remind_hours)}
    return ReportContent(state_after=notice.state, body_ja="", **facts, **course, windows=notice.periods)


def take_over_facts(notice: Notice, report: Report) -> None:
    """Give ``notice`` the facts and windows of ``report``. The caller saves the notice."""
    for name in FACTS:
        setattr(notice, name, getattr(report, name))
    if notice.periods != report.periods:
        notice.windows.all().delete()
        Window.objects.bulk_create(
            Window(notice=notice, starts_at=p.starts_at, ends_at=p.ends_at, spare=p.spare) for p in report.periods
        )


def _fill_notice(notice: Notice, content: NoticeContent) -> None:
    for name in _FIXED:
        setattr(notice, name, getattr(content, name))
    notice.regions = sorted(set(content.regions))
    notice.save()
    notice.services.set(content.services)
    notice.affected_contracts.all().delete()
    AffectedContract.objects.bulk_create(
        (AffectedContract(notice=notice, contract_number=number) for number in sorted(set(content.contract_numbers))),
        batch_size=5000,
    )


def compose(report: Report, content: ReportContent) -> None:
    """Give ``report`` what it says. The caller saves it."""
    for name in (*_WORDS, *FACTS, *COURSE):
        setattr(report, name, getattr(content, name))
    report.remind_hours = sorted(set(content.remind_hours), reverse=True)
    report.windows = [period.to_json() for period in content.windows]


def _save(report: Report, *, by: Account | None) -> Report:
    report.written_by, report.written_at = by, timezone.now()
    report.save()
    if by is not None:
        report.writers.add(by)
    if report.notice.is_draft:
        # So that lists of drafts show where a notice is heading.
        take_over_facts(report.notice, report)
        report.notice.save()
    return report
