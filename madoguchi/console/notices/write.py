"""``/console/notices/new/`` and ``…/edit/``: a notice with its first report, until that is published."""

from typing import cast

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.notices import find
from madoguchi.console.notices.forms import FirstReportForm, typed_notice, typed_report
from madoguchi.notices import lifecycle, write
from madoguchi.notices.models import Report
from madoguchi.notices.publish import reasons_against
from madoguchi.shell.forms import render_form

TEMPLATE = "console/notices/edit.html"


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "trouble")
    if kind not in lifecycle.Kind:
        raise Http404
    states = lifecycle.next_states(kind=kind, state=lifecycle.State.DRAFT)
    first = {"severity": "normal", "impact": "outage"}
    if kind == lifecycle.Kind.TROUBLE:
        first["state_after"] = lifecycle.State.INVESTIGATING
    form = FirstReportForm(request.POST or None, kind=kind, states=states, initial=first)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            report = write.start(
                kind=kind,
                notice=form.notice_content(),
                report=form.report_content(),
                by=cast(Account, request.user),
            )
            audit.record(request, "notice.start", report.notice, kind=kind)
        return _go_on(request, form, report)
    return render_form(request, TEMPLATE, form, {"kind": kind})


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, notice_id: int) -> HttpResponse:
    notice = find.notice(notice_id)
    report = notice.draft_report
    if not notice.is_draft or report is None:
        return redirect("console:notice", notice_id)
    report.notice = notice
    initial = typed_notice(write.content_of(notice)) | typed_report(write.content_of_report(report))
    form = FirstReportForm(request.POST or None, kind=notice.kind, states=notice.next_states(), initial=initial)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            content = form.report_content(kept=write.content_of_report(report))
            report = write.edit_report(
                report, about=form.notice_content(), content=content, by=cast(Account, request.user)
            )
            audit.record(request, "notice.edit", notice)
        return _go_on(request, form, report)
    return render_form(request, TEMPLATE, form, {"kind": notice.kind, "notice": notice, "report": report})


def _go_on(request: HttpRequest, form: FirstReportForm, report: Report) -> HttpResponse:
    """The draft is kept. To the notice's page, or to publishing when nothing is missing."""
    notice = report.notice
    if "check" not in request.POST:
        return redirect("console:notice", notice.pk)
    if reasons := reasons_against(report):
        form.refuse(reasons)
        context = {"kind": notice.kind, "notice": notice, "report": report, "kept": True}
        return render_form(request, TEMPLATE, form, context)
    return redirect("console:report_publish", notice.pk, report.pk)
