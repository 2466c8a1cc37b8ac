"""``…/ask/``, ``…/approve/``, ``…/return/``, ``…/sign/``: what a second person says of a report."""

from typing import cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.notices import find, publish_page
from madoguchi.console.notices.publish_page import RemarkForm
from madoguchi.notices import approve as verb
from madoguchi.notices.models import Report
from madoguchi.notices.publish import NotReady, reasons_against
from madoguchi.notices.write import NotADraft, StaleDraft


@roles.may_write
@require_POST
def ask(request: HttpRequest, notice_id: int, report_id: int) -> HttpResponse:
    report = find.report(notice_id, report_id)
    if report.ordinal is not None or report.approval_asked_at is not None:
        return redirect("console:notice", notice_id)
    try:
        with transaction.atomic():
            verb.ask(report, by=cast(Account, request.user))
            audit.record(request, "report.ask", report.notice, report=report.pk)
    except NotReady as refused:
        problems = [str(reason.message) for reason in refused.reasons]
        return publish_page.show(request, report, problems=problems, status=422)
    return redirect("console:notice", notice_id)


@roles.may_publish
@require_POST
def approve(request: HttpRequest, notice_id: int, report_id: int) -> HttpResponse:
    report, form = find.report(notice_id, report_id), RemarkForm(request.POST)
    if not form.is_valid():
        return _refuse(request, report, form, [])
    try:
        with transaction.atomic():
            verb.approve(
                report,
                by=cast(Account, request.user),
                fingerprint=request.POST.get("seen", ""),
                remark=form.cleaned_data["remark"],
            )
            audit.record(request, "report.approve", report.notice, report=report.pk)
    except NotADraft:
        return redirect("console:notice", notice_id)
    except StaleDraft:
        return _refuse(request, report, form, [publish_page.changed_meanwhile()])
    except verb.OwnWork:
        return _refuse(request, report, form, [_own_work()])
    return redirect("console:report_publish", notice_id, report_id)


@roles.may_publish
@require_POST
def send_back(request: HttpRequest, notice_id: int, report_id: int) -> HttpResponse:
    report, form = find.report(notice_id, report_id), RemarkForm(request.POST)
    if not form.is_valid():
        return _refuse(request, report, form, [])
    try:
        with transaction.atomic():
            verb.send_back(report, by=cast(Account, request.user), remark=form.cleaned_data["remark"])
            audit.record(request, "report.return", report.notice, report=report.pk)
    except NotADraft:
        return redirect("console:notice", notice_id)
    except NotReady as refused:
        for reason in refused.reasons:
            form.add_error("remark", str(reason.message))
        return _refuse(request, report, form, [])
    except verb.OwnWork:
        return _refuse(request, report, form, [_own_work()])
    return redirect("console:notice", notice_id)


@roles.may_publish
@require_POST
def sign_off(request: HttpRequest, notice_id: int, report_id: int) -> HttpResponse:
    report = find.report(notice_id, report_id)
    try:
        with transaction.atomic():
            if verb.sign_off(report, by=cast(Account, request.user)) is not None:
                audit.record(request, "report.sign", report.notice, report=report.ordinal)
    except verb.OwnWork as own:
        raise PermissionDenied(_own_work()) from own
    return redirect("console:notice", notice_id)


def _own_work() -> str:
    return _("Nobody approves what they wrote or published themselves.")


def _refuse(request: HttpRequest, report: Report, form: RemarkForm, problems: list[str]) -> HttpResponse:
    if report.ordinal is not None:
        return redirect("console:notice", report.notice_id)
    standing = [str(reason.message) for reason in reasons_against(report)]
    return publish_page.show(request, report, problems=problems or standing, status=422, remark=form)
