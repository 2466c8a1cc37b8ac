"""``…/reports/new/``, ``…/quick/`` and ``…/<id>/``: the reports after the first, until each is published."""

from typing import Any, TypeVar, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.notices import conflict, find, templates
from madoguchi.console.notices.forms import QuickReportForm, ReportForm, asks_for_more, retyped, submitted, typed_report
from madoguchi.console.notices.forms.report import Said
from madoguchi.console.notices.timing import Timing
from madoguchi.notices import lifecycle, write
from madoguchi.notices.content import ReportContent
from madoguchi.notices.models import Notice, Report
from madoguchi.notices.ready import incomplete
from madoguchi.shell.forms import render_form

F = TypeVar("F", bound=Said)
TEMPLATES = {ReportForm: "console/notices/report.html", QuickReportForm: "console/notices/quick.html"}


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, notice_id: int) -> HttpResponse:
    """A further report in full. ``?state=`` chooses the state, as the buttons of the board and the notice do."""
    return _begin(request, notice_id, ReportForm)


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def quick(request: HttpRequest, notice_id: int) -> HttpResponse:
    """State, text and the next report: for trouble at 3 a.m.; every other fact stays as last reported."""
    if find.notice(notice_id).kind != lifecycle.Kind.TROUBLE:
        return redirect("console:report_new", notice_id)
    return _begin(request, notice_id, QuickReportForm)


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, notice_id: int, report_id: int) -> HttpResponse:
    report = find.report(notice_id, report_id)
    notice = report.notice
    if notice.is_draft:
        return redirect("console:notice_edit", notice_id)
    if report.ordinal is not None or notice.withdrawn_at is not None:
        return redirect("console:notice", notice_id)
    kept = write.content_of_report(report)
    form = _form(request, ReportForm, notice, initial=typed_report(kept) | {"revision": report.revision})
    if not submitted(request, form):
        return _page(request, form, notice, report=report)
    return _save(request, form, report, kept=kept, revision=form.cleaned_data["revision"] or 0)


def _begin(request: HttpRequest, notice_id: int, form_class: type[Said]) -> HttpResponse:
    notice = find.notice(notice_id)
    if notice.is_draft:
        return redirect("console:notice_edit", notice_id)
    if notice.withdrawn_at is not None:
        return redirect("console:notice", notice_id)
    if waiting := notice.draft_report:
        return _join(request, form_class, waiting)
    start = write.further_content(notice)
    form = _form(request, form_class, notice, initial=typed_report(start) | _prepared(request, notice))
    if not submitted(request, form):
        return _page(request, form, notice)
    try:
        with transaction.atomic():
            content = form.report_content(kept=start)
            report = write.add_report(notice, content=content, by=cast(Account, request.user))
            audit.record(request, "report.start", report, notice=notice.number)
    except write.DraftWaits as waits:
        return _join(request, form_class, waits.report)
    return _go_on(request, form, report)


def _join(request: HttpRequest, form_class: type[Said], waiting: Report) -> HttpResponse:
    """A report is being written already, by a press before this one or by somebody else: what is typed meets it."""
    if request.method != "POST":
        return redirect("console:report_edit", waiting.notice_id, waiting.pk)
    kept = write.content_of_report(waiting)
    form = _form(request, form_class, waiting.notice, initial=typed_report(kept))
    if not submitted(request, form):
        return _page(request, form, waiting.notice)
    revision = form.cleaned_data["revision"]
    if revision is None:
        # Typed without having read the draft: one's own may be written over, not somebody else's.
        revision = waiting.revision if waiting.written_by_id == cast(Account, request.user).pk else -1
    return _save(request, form, waiting, kept=kept, revision=revision)


def _save(request: HttpRequest, form: Said, report: Report, *, kept: ReportContent, revision: int) -> HttpResponse:
    if not conflict.changes(form):
        return _go_on(request, form, report)
    try:
        with transaction.atomic():
            content = form.report_content(kept=kept)
            report = write.edit_report(report, content=content, by=cast(Account, request.user), revision=revision)
            audit.record(request, "report.edit", report, notice=report.notice.number)
    except write.StaleDraft as stale:
        found = conflict.refuse(form, standing=stale.report)
        return _page(request, form, report.notice, report=report, differences=found)
    except write.NotADraft:
        return redirect("console:notice", report.notice_id)
    return _go_on(request, form, report)


def _prepared(request: HttpRequest, notice: Notice) -> dict[str, Any]:
    """The words of the template chosen; what the notice is about and how bad it is was said before."""
    words = templates.given(request, notice.kind, states=notice.next_states())
    kept = ("impact", "severity", "emergency_calls_ja", "emergency_calls_en", "alternatives_ja", "alternatives_en")
    said = {name: value for name, value in words.items() if value and name not in kept}
    return said | _wanted(said.get("state_after", request.GET.get("state", "")), notice)


def _wanted(state: str, notice: Notice) -> dict[str, Any]:
    """A state that was asked for by a button or a template, and for a recovery that it is now."""
    if state not in notice.next_states():
        return {}
    recovered = state == lifecycle.State.RECOVERED and notice.ended_at is None
    return {"state_after": state, **({"ended_at": timezone.now()} if recovered else {})}


def _form(request: HttpRequest, form_class: type[F], notice: Notice, *, initial: dict[str, Any]) -> F:
    return form_class(
        request.POST or None, kind=notice.kind, before=notice.state, states=notice.next_states(), initial=initial
    )


def _go_on(request: HttpRequest, form: Said, report: Report) -> HttpResponse:
    if "check" not in request.POST:
        return redirect("console:notice", report.notice_id)
    if reasons := incomplete(report):
        form.refuse(reasons)
        form.now_at(report.revision)
        return _page(request, form, report.notice, report=report, kept=True)
    return redirect("console:report_publish", report.notice_id, report.pk)


def _page(
    request: HttpRequest, form: Said, notice: Notice, *, report: Report | None = None, **more: Any
) -> HttpResponse:
    if asks_for_more(request) and isinstance(form, ReportForm):
        form = retyped(request, form)
    context = {
        "notice": notice,
        "kind": notice.kind,
        "report": report,
        "latest": notice.latest_report,
        "timing": Timing.of(notice),
        "templates": ()
        if request.method == "POST" or report
        else templates.offered(notice.kind, states=notice.next_states()),
        **more,
    }
    return render_form(request, TEMPLATES[type(form)], form, context)
