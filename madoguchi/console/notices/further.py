"""``…/reports/new/`` and ``…/reports/<id>/``: the second report and those after it, until each is published."""

from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.notices import find
from madoguchi.console.notices.forms import ReportFields, typed_report
from madoguchi.console.notices.timing import Timing
from madoguchi.notices import write
from madoguchi.notices.models import Notice, Report
from madoguchi.notices.publish import reasons_against
from madoguchi.shell.forms import render_form

TEMPLATE = "console/notices/report.html"


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, notice_id: int) -> HttpResponse:
    notice = find.notice(notice_id)
    if notice.is_draft:
        return redirect("console:notice_edit", notice_id)
    if waiting := notice.draft_report:
        return redirect("console:report_edit", notice_id, waiting.pk)
    start = write.further_content(notice)
    form = ReportFields(
        request.POST or None, kind=notice.kind, states=notice.next_states(), initial=typed_report(start)
    )
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                content = form.report_content(kept=start)
                report = write.add_report(notice, content=content, by=cast(Account, request.user))
                audit.record(request, "report.start", report, notice=notice.number)
        except write.DraftWaits as waits:
            return redirect("console:report_edit", notice_id, waits.report.pk)
        return _go_on(request, form, report)
    return _page(request, form, notice)


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, notice_id: int, report_id: int) -> HttpResponse:
    report = find.report(notice_id, report_id)
    notice = report.notice
    if notice.is_draft:
        return redirect("console:notice_edit", notice_id)
    if report.ordinal is not None:
        return redirect("console:notice", notice_id)
    kept = write.content_of_report(report)
    form = ReportFields(request.POST or None, kind=notice.kind, states=notice.next_states(), initial=typed_report(kept))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            report = write.edit_report(report, content=form.report_content(kept=kept), by=cast(Account, request.user))
            audit.record(request, "report.edit", report, notice=notice.number)
        return _go_on(request, form, report)
    return _page(request, form, notice, report=report)


def _go_on(request: HttpRequest, form: ReportFields, report: Report) -> HttpResponse:
    if "check" not in request.POST:
        return redirect("console:notice", report.notice_id)
    if reasons := reasons_against(report):
        form.refuse(reasons)
        return _page(request, form, report.notice, report=report, kept=True)
    return redirect("console:report_publish", report.notice_id, report.pk)


def _page(
    request: HttpRequest, form: ReportFields, notice: Notice, *, report: Report | None = None, kept: bool = False
) -> HttpResponse:
    context = {
        "notice": notice,
        "kind": notice.kind,
        "report": report,
        "latest": notice.latest_report,
        "timing": Timing.of(notice),
        "kept": kept,
    }
    return render_form(request, TEMPLATE, form, context)
