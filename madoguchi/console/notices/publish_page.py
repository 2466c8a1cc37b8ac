"""The page of ``…/publish/``: what will be said, how it looks, how many get it, and what may be done with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts.models import Account
from madoguchi.console import roles
from madoguchi.console.notices.completeness import missing_english, pairs
from madoguchi.console.notices.forms.fields import moment, text
from madoguchi.console.notices.try_mail import VERSIONS
from madoguchi.contracts.models import Contract
from madoguchi.delivery.renderers import Draft
from madoguchi.notices.approve import needs_approval
from madoguchi.notices.lifecycle import IllegalMove, Kind
from madoguchi.notices.mail import preview
from madoguchi.notices.models import Notice, Report
from madoguchi.notices.publish import fingerprint
from madoguchi.notices.ready import incomplete, is_approved
from madoguchi.notices.rehearse import work_calendar
from madoguchi.shell import languages

# Of the contract numbers that no contract has, so many are named.
UNKNOWN_SHOWN = 50


class ScheduleForm(forms.Form):
    publish_at = moment(gettext_lazy("Publish at"), required=True)


class RemarkForm(forms.Form):
    remark = text(gettext_lazy("Remark"), rows=3, most=1000)


@dataclass(frozen=True, slots=True)
class MailVersion:
    language: str
    format: str
    draft: Draft


def show(
    request: HttpRequest,
    report: Report,
    *,
    problems: list[str],
    status: int = 200,
    at: datetime | None = None,
    **more: Any,
) -> HttpResponse:
    """``problems`` say why it cannot be published; the audience is counted for ``at``, else the moment it is scheduled
    for, else now. A form among ``more`` that was refused stands in the place of its empty one."""
    notice = report.notice
    at = at or report.publish_at
    context: dict[str, Any] = {
        "notice": notice,
        "report": report,
        "ordinal": len(notice.published_reports) + 1,
        "problems": problems,
        "title_says_error": status != 200,
        "outlook": report.audience_outlook(at=at) if report.notify else None,
        "counted_for": at,
        "pairs": pairs(notice, report),
        "missing": missing_english(notice, report),
        "contracts": notice.affected_contracts.count(),
        "unknown": _unknown(notice),
        "pages": _pages(report),
        "mails": [MailVersion(language, form, preview(report, language, form)) for language, form in VERSIONS],
        "calendars": _calendars(report),
        "seen": fingerprint(report),
        "can_publish": roles.can_publish(request),
        "can_write": roles.can_write(request),
        "schedule": ScheduleForm(initial={"publish_at": report.publish_at}),
        "approval": _approval(request, report),
        "remark": RemarkForm(),
        **more,
    }
    return render(request, "console/notices/publish.html", context, status=status)


def _pages(report: Report) -> list[tuple[str, str]]:
    """The public page as it will be: its languages, each with the address of the preview."""
    address = reverse("public:notice_preview", args=[report.pk])
    return [(language, languages.in_language(address, language)) for language in ("ja", "en")]


def _calendars(report: Report) -> list[tuple[str, str]]:
    """What comes with the mails of work where it is asked for: a language each."""
    if report.notice.kind != Kind.WORK or not report.periods:
        return []
    return [(language, work_calendar(report, language)) for language in ("ja", "en")]


def changed_meanwhile() -> str:
    return _("The draft was changed after you opened this page. Please read it again.")


def illegal(refused: IllegalMove) -> str:
    words = {"before": refused.before.label, "after": refused.after.label}
    return _("A notice does not go from “%(before)s” to “%(after)s”. Please choose another state.") % words


def _unknown(notice: Notice) -> dict[str, Any]:
    """The affected numbers that no contract has: how many, and the first of them."""
    known = Contract.objects.filter(number=OuterRef("contract_number"))
    found = notice.affected_contracts.exclude(Exists(known)).order_by("contract_number")
    return {"count": found.count(), "first": found.values_list("contract_number", flat=True)[:UNKNOWN_SHOWN]}


def _approval(request: HttpRequest, report: Report) -> dict[str, Any] | None:
    """Where its approval stands and what this person may do about it; None where nobody asks for one."""
    decided = list(report.approvals.select_related("by"))
    if not (needs_approval(report) or decided or (settings.NOTICE_APPROVAL and report.approval_asked_at)):
        return None
    person = cast(Account, request.user)
    approved = is_approved(report)
    open_now = not approved and not incomplete(report)
    own = report.writers.filter(pk=person.pk).exists()
    return {
        "decided": decided,
        "approved": approved,
        "may_ask": open_now and roles.can_write(request) and report.approval_asked_at is None,
        "may_decide": open_now and roles.can_publish(request) and not own,
        "own": own and roles.can_publish(request) and open_now,
    }
