"""``/console/notices/new/`` and ``…/edit/``: a notice with its first report, until that is published."""

from typing import Any, cast
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.notices import conflict, find, templates
from madoguchi.console.notices.forms import (
    FirstReportForm,
    asks_for_more,
    retyped,
    submitted,
    typed_notice,
    typed_report,
)
from madoguchi.notices import lifecycle, write
from madoguchi.notices.models import Notice, Report
from madoguchi.notices.ready import incomplete
from madoguchi.shell.forms import render_form

TEMPLATE = "console/notices/edit.html"


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "trouble")
    if kind not in lifecycle.Kind:
        raise Http404
    form = _form(request, kind=kind, initial=_blank(kind) | templates.given(request, kind, states=_first_states(kind)))
    if not submitted(request, form):
        return _page(request, form)
    key = form.cleaned_data["form_key"]
    try:
        with transaction.atomic():
            report = write.start(
                kind=kind,
                notice=form.notice_content(),
                report=form.report_content(),
                by=cast(Account, request.user),
                form_key=key,
            )
            audit.record(request, "notice.start", report.notice, kind=kind)
    except IntegrityError:
        # The page was reloaded, or its button pressed twice: the draft is there, and what is typed belongs to it.
        return cast(HttpResponse, edit(request, get_object_or_404(Notice, form_key=key).pk))
    return _go_on(request, form, report)


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, notice_id: int) -> HttpResponse:
    notice = find.notice(notice_id)
    report = notice.draft_report
    if not notice.is_draft or report is None:
        return redirect("console:notice", notice_id)
    report.notice = notice
    kept = write.content_of_report(report)
    initial = typed_notice(write.content_of(notice)) | typed_report(kept) | {"revision": report.revision}
    form = _form(request, kind=notice.kind, initial=initial)
    if not submitted(request, form):
        return _page(request, form, report=report)
    if not conflict.changes(form):
        return _go_on(request, form, report)
    try:
        with transaction.atomic():
            report = write.edit_report(
                report,
                about=form.notice_content(),
                content=form.report_content(kept=kept),
                by=cast(Account, request.user),
                revision=form.cleaned_data["revision"] or 0,
            )
            audit.record(request, "notice.edit", notice)
    except write.StaleDraft as stale:
        found = conflict.refuse(form, standing=stale.report)
        return _page(request, form, report=report, differences=found)
    except write.NotADraft:
        return redirect("console:notice", notice_id)
    return _go_on(request, form, report)


def _blank(kind: str) -> dict[str, Any]:
    blank = {"severity": "normal", "impact": "outage", "form_key": uuid4(), "revision": 0}
    if kind == lifecycle.Kind.TROUBLE:
        blank["state_after"] = lifecycle.State.INVESTIGATING
    return {"notify_start": True, "notify_end": True, **blank}


def _form(request: HttpRequest, *, kind: str, initial: dict[str, Any]) -> FirstReportForm:
    return FirstReportForm(
        request.POST or None,
        request.FILES or None,
        kind=kind,
        before=lifecycle.State.DRAFT,
        states=_first_states(kind),
        initial=initial,
    )


def _first_states(kind: str) -> tuple[lifecycle.State, ...]:
    return lifecycle.next_states(kind=kind, state=lifecycle.State.DRAFT)


def _go_on(request: HttpRequest, form: FirstReportForm, report: Report) -> HttpResponse:
    """The draft is kept. To the notice's page, or to publishing when nothing is missing."""
    report = find.report(report.notice_id, report.pk)
    if "check" not in request.POST:
        return redirect("console:notice", report.notice_id)
    if reasons := incomplete(report):
        form.refuse(reasons)
        form.now_at(report.revision)
        return _page(request, form, report=report, kept=True)
    return redirect("console:report_publish", report.notice_id, report.pk)


def _page(request: HttpRequest, form: FirstReportForm, *, report: Report | None = None, **more: Any) -> HttpResponse:
    if asks_for_more(request):
        form = retyped(request, form)
    context = {
        "kind": form.kind,
        "notice": report.notice if report else None,
        "report": report,
        "templates": () if request.method == "POST" or report else templates.first(form.kind),
        "service_words": request.POST.get("service_words", ""),
        **more,
    }
    return render_form(request, TEMPLATE, form, context)
