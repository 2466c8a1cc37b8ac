"""What keeps a draft from being published, all at once and in the words of its form."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Account, StaffRole
from madoguchi.notices import lifecycle
from madoguchi.notices.fingerprint import fingerprint
from madoguchi.notices.lifecycle import Kind, State
from madoguchi.notices.models import Approval, Notice, Report

# A template's blanks; an opening bracket that is not closed is one that was half filled in.
_BLANK = re.compile(r"〔[^〔〕]*〕|〔")
_NOTICE_WORDS = ("title_ja", "title_en")
_REPORT_WORDS = (
    *("body_ja", "body_en"),
    *("emergency_calls_ja", "emergency_calls_en"),
    *("alternatives_ja", "alternatives_en"),
)
# How far ahead of ours the clock may be that somebody read a moment from.
CLOCKS_DIFFER = timedelta(minutes=5)
# Who may publish, and so approve what others wrote.
PUBLISHERS = frozenset({StaffRole.PUBLISHER, StaffRole.ADMINISTRATOR})


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


def is_publisher(account: Account | None) -> bool:
    return account is not None and account.is_active and account.staff_role in PUBLISHERS


def needs_approval(report: Report) -> bool:
    """Whether ``report`` is not published before a second person approved it."""
    return bool(settings.NOTICE_APPROVAL) and report.notice.kind == Kind.WORK


def is_approved(report: Report) -> bool:
    """Whether the last word about ``report`` approves exactly what it says, by somebody who may still do so."""
    last = Approval.objects.filter(report=report).select_related("by").order_by("-at", "-pk").first()
    return (
        last is not None
        and last.decision == Approval.Decision.APPROVED
        and is_publisher(last.by)
        and last.fingerprint == fingerprint(report)
    )


def reasons_against(report: Report, *, at: datetime | None = None) -> tuple[Reason, ...]:
    """What keeps a draft from being published ``at`` (now when not given), for the form beside it.

    The move of its state is not judged here.
    """
    if standing := _over(report):
        return standing
    found = incomplete(report, at=at)
    if needs_approval(report) and not is_approved(report):
        message = _("A second person has to approve this report first.")
        return (*found, Reason("not_approved", "", message))
    return found


def incomplete(report: Report, *, at: datetime | None = None) -> tuple[Reason, ...]:
    """What a draft lacks, whoever approves it."""
    if standing := _over(report):
        return standing
    wrong = _wrong_work if report.notice.kind == Kind.WORK else _wrong_trouble
    return (*_missing_words(report), *_blanks(report), *wrong(report, at))


def blanks(text: str) -> list[str]:
    """What is left to fill in, as it stands there: 〔時刻〕."""
    return _BLANK.findall(text)


def was_mailed(notice: Notice) -> bool:
    """Whether some report of ``notice`` was mailed."""
    return notice.reports.filter(ordinal__isnull=False, notify=True).exists()


def _over(report: Report) -> tuple[Reason, ...]:
    if report.ordinal is not None:
        return (Reason("already_published", "", _("This report is already published.")),)
    if report.notice.withdrawn_at is not None:
        return (Reason("withdrawn", "", _("This notice was withdrawn. What is right after all is a new notice.")),)
    return ()


def _missing_words(report: Report) -> tuple[Reason, ...]:
    notice = report.notice
    found = []
    if not notice.title_ja.strip():
        found.append(Reason("no_title_ja", "title_ja", _("Enter the title in Japanese.")))
    if not report.body_ja.strip():
        found.append(Reason("no_body_ja", "body_ja", _("Enter the text in Japanese.")))
    if not notice.services.exists():
        found.append(Reason("no_services", "services", _("Choose at least one service.")))
    if not report.notify and report.state_after in lifecycle.FINAL - {notice.state} and was_mailed(notice):
        # Nobody who got a first report is left without the last.
        message = _("Earlier reports were emailed, so the final one has to be emailed too.")
        found.append(Reason("final_unmailed", "notify", message))
    return tuple(found)


def _blanks(report: Report) -> Iterable[Reason]:
    # The title of what is published stays as it is.
    about = _NOTICE_WORDS if report.notice.is_draft else ()
    for owner, names in ((report.notice, about), (report, _REPORT_WORDS)):
        for name in names:
            if left := blanks(getattr(owner, name)):
                found = gettext("Fill in %(blanks)s.") % {"blanks": " ".join(dict.fromkeys(left))}
                yield Reason("blank", name, found)


def _wrong_work(report: Report, _at: datetime | None) -> tuple[Reason, ...]:
    if not any(not period.spare for period in report.periods):
        return (Reason("no_windows", "windows", _("Enter at least one period that is not a spare.")),)
    return ()


def _wrong_trouble(report: Report, at: datetime | None) -> tuple[Reason, ...]:
    found = []
    if report.started_at is None:
        found.append(Reason("no_start", "started_at", _("Enter when the trouble started.")))
    elif report.started_at > (at or timezone.now()) + CLOCKS_DIFFER:
        found.append(Reason("not_begun", "started_at", _("This is still to come. Enter when the trouble began.")))
    if report.state_after == State.RECOVERED and report.ended_at is None:
        found.append(Reason("no_end", "ended_at", _("Enter when the service recovered.")))
    for field in ("expected_end", "ended_at"):
        end = getattr(report, field)
        if report.started_at and end and end < report.started_at:
            found.append(Reason("end_before_start", field, _("The end cannot be before the start.")))
    if report.ended_at and report.ended_at > (at or timezone.now()):
        found.append(
            Reason("not_yet", "ended_at", _("This is still to come. Enter when the service really recovered."))
        )
    return tuple(found)
