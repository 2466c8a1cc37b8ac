"""``…/publish/``: what will be said, how it looks, how many get it; then, on a press of the button, it is public."""

from dataclasses import dataclass
from typing import Any, cast

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.notices import find
from madoguchi.console.notices.completeness import missing_english, pairs
from madoguchi.console.notices.try_mail import VERSIONS
from madoguchi.contracts.models import Contract
from madoguchi.delivery.renderers import Draft
from madoguchi.notices.lifecycle import IllegalMove
from madoguchi.notices.mail import preview
from madoguchi.notices.models import Notice, Report
from madoguchi.notices.publish import NotReady, fingerprint, reasons_against

# Of the contract numbers that no contract has, so many are named.
UNKNOWN_SHOWN = 50


@dataclass(frozen=True, slots=True)
class MailVersion:
    language: str
    format: str
    draft: Draft


@roles.may_look
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, notice_id: int, report_id: int) -> HttpResponseBase:
    """Anybody of the staff may look at the page; its button is the publishers'."""
    if request.method == "POST":
        return _publish(request, notice_id, report_id)
    report = find.report(notice_id, report_id)
    if report.ordinal is not None:
        return redirect("console:notice", notice_id)
    return _page(request, report, problems=[str(reason.message) for reason in reasons_against(report)])


@roles.may_publish
def _publish(request: HttpRequest, notice_id: int, report_id: int) -> HttpResponse:
    report = find.report(notice_id, report_id)
    if report.ordinal is not None:
        # Pressed twice, or somebody else was faster: it is public, and that is what was wanted.
        return redirect("console:notice", notice_id)
    if not constant_time_compare(request.POST.get("seen", ""), fingerprint(report)):
        changed = _("The draft was changed after you opened this page. Please read it again before you publish it.")
        return _page(request, report, problems=[changed], status=422)
    try:
        with transaction.atomic():
            published = report.publish(by=cast(Account, request.user))
            audit.record(
                request,
                "notice.publish",
                published.notice,
                number=published.notice.number,
                report=published.ordinal,
                state=published.state_after,
                mailed=published.notify,
            )
    except NotReady as refused:
        return _page(request, report, problems=[str(reason.message) for reason in refused.reasons], status=422)
    except IllegalMove as refused:
        return _page(request, report, problems=[_illegal(refused)], status=422)
    return redirect("console:notice", notice_id)


def _unknown(notice: Notice) -> dict[str, Any]:
    """The affected numbers that no contract has: how many, and the first of them."""
    known = Contract.objects.filter(number=OuterRef("contract_number"))
    found = notice.affected_contracts.exclude(Exists(known)).order_by("contract_number")
    return {"count": found.count(), "first": found.values_list("contract_number", flat=True)[:UNKNOWN_SHOWN]}


def _illegal(refused: IllegalMove) -> str:
    words = {"before": refused.before.label, "after": refused.after.label}
    return _("A notice does not go from “%(before)s” to “%(after)s”. Please choose another state.") % words


def _page(request: HttpRequest, report: Report, *, problems: list[str], status: int = 200) -> HttpResponse:
    notice = report.notice
    context: dict[str, Any] = {
        "notice": notice,
        "report": report,
        "ordinal": len(notice.published_reports) + 1,
        "problems": problems,
        "title_says_error": status != 200,
        "outlook": report.audience_outlook() if report.notify else None,
        "pairs": pairs(notice, report),
        "missing": missing_english(notice, report),
        "contracts": notice.affected_contracts.count(),
        "unknown": _unknown(notice),
        "mails": [MailVersion(language, form, preview(report, language, form)) for language, form in VERSIONS],
        "seen": fingerprint(report),
        "can_publish": roles.can_publish(request),
        "can_write": roles.can_write(request),
    }
    return render(request, "console/notices/publish.html", context, status=status)
