"""``/console/notices/<id>/``: a notice as staff see it: its minutes, its reports, how their mail goes."""

from typing import cast

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from madoguchi.accounts.models import Account
from madoguchi.console import roles
from madoguchi.console.models import AuditEntry
from madoguchi.console.notices import find
from madoguchi.console.notices.acts import acts
from madoguchi.console.notices.completeness import missing_english, pairs
from madoguchi.console.notices.timing import Timing
from madoguchi.delivery.models import Mailing
from madoguchi.delivery.pace import Pace, pace
from madoguchi.notices import approve, mailings
from madoguchi.notices.models import Approval, Notice, Report

ENTRIES_SHOWN = 20


@roles.may_look
@require_safe
def show(request: HttpRequest, notice_id: int) -> HttpResponse:
    notice = find.notice(notice_id)
    draft = notice.draft_report
    entries = AuditEntry.objects.filter(_about(notice)).select_related("actor")
    unsigned = list(approve.unsigned().filter(notice=notice))
    me = cast(Account, request.user)
    context = {
        "notice": notice,
        "acts": [] if draft else acts(notice),
        "timing": Timing.of(notice),
        "reports": [(report, _progress(report), _approved(report)) for report in notice.published_reports],
        "others": _other_mailings(notice),
        "draft": draft,
        "pairs": pairs(notice, draft) if draft else [],
        "missing": missing_english(notice, draft) if draft else [],
        "returned": _returned(draft) if draft else None,
        "unsigned": {report.pk for report in unsigned},
        "may_sign": {report.pk for report in unsigned if roles.can_publish(request) and not _own(report, me)},
        "course": notice.latest_report if notice.is_in_force else None,
        "entries": entries[:ENTRIES_SHOWN],
        "can_write": roles.can_write(request),
        "can_publish": roles.can_publish(request),
    }
    return render(request, "console/notices/page.html", context)


def _progress(report: Report) -> tuple[Mailing, Pace] | None:
    """The report's mailing, and how far it is; None when it was not mailed."""
    mailing = Mailing.objects.filter(renderer=mailings.REPORT, reference=str(report.pk)).first()
    return (mailing, pace(mailing)) if mailing else None


def _approved(report: Report) -> list[Approval]:
    """Who approved it, before or after its publication."""
    return list(report.approvals.filter(decision=Approval.Decision.APPROVED).select_related("by"))


def _about(notice: Notice) -> Q:
    """The acts on the notice and on its reports."""
    reports = [str(report.pk) for report in notice.reports.all()]
    return Q(object_type="notice", object_key=str(notice.pk)) | Q(object_type="report", object_key__in=reports)


def _other_mailings(notice: Notice) -> list[tuple[str | Promise, Mailing, Pace]]:
    """What was mailed about it beside its reports, and how far that is."""
    words = {mailings.REMINDER: _("Reminder"), mailings.WITHDRAWAL: _("Withdrawal")}
    found = mailings.about(notice).filter(renderer__in=words)
    return [(words[mailing.renderer], mailing, pace(mailing)) for mailing in found]


def _own(report: Report, person: Account) -> bool:
    """Whether ``person`` wrote or published it, and so does not sign it."""
    return report.published_by_id == person.pk or report.writers.filter(pk=person.pk).exists()


def _returned(draft: Report) -> Approval | None:
    """The last word of a second person about a draft, where that was to send it back."""
    last = draft.approvals.select_related("by").last()
    return last if last and last.decision == Approval.Decision.RETURNED else None
