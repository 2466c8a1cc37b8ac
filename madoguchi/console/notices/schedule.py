"""``…/schedule/`` and ``…/unschedule/``: have a ready draft published at a moment, or not any more."""

from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.notices import find, publish_page
from madoguchi.console.notices.publish_page import ScheduleForm
from madoguchi.notices import schedule as verb
from madoguchi.notices.lifecycle import IllegalMove
from madoguchi.notices.publish import NotReady, fingerprint, reasons_against
from madoguchi.notices.write import NotADraft


@roles.may_publish
@require_POST
def schedule(request: HttpRequest, notice_id: int, report_id: int) -> HttpResponse:
    """``count`` among what is sent only counts the audience of that moment."""
    report = find.report(notice_id, report_id)
    if report.ordinal is not None:
        return redirect("console:notice", notice_id)
    form = ScheduleForm(request.POST)
    problems = [str(reason.message) for reason in reasons_against(report)]
    if not form.is_valid():
        return publish_page.show(request, report, problems=problems, status=422, schedule=form)
    at = form.cleaned_data["publish_at"]
    if "count" in request.POST:
        return publish_page.show(request, report, problems=problems, at=at, schedule=form)
    if not constant_time_compare(request.POST.get("seen", ""), fingerprint(report)):
        problems = [publish_page.changed_meanwhile()]
        return publish_page.show(request, report, problems=problems, status=422, schedule=form)
    try:
        with transaction.atomic():
            verb.schedule(report, at=at, by=cast(Account, request.user))
            audit.record(request, "notice.schedule", report.notice, report=report.pk, at=at.isoformat())
    except verb.PastMoment:
        form.add_error("publish_at", _("Choose a moment that is still to come."))
    except NotReady as refused:
        problems = [str(reason.message) for reason in refused.reasons]
    except IllegalMove as refused:
        problems = [publish_page.illegal(refused)]
    else:
        return redirect("console:notice", notice_id)
    return publish_page.show(request, report, problems=problems, status=422, schedule=form)


@roles.may_publish
@require_POST
def unschedule(request: HttpRequest, notice_id: int, report_id: int) -> HttpResponse:
    report = find.report(notice_id, report_id)
    if report.publish_at is not None:
        try:
            with transaction.atomic():
                verb.unschedule(report, by=cast(Account, request.user))
                audit.record(request, "notice.unschedule", report.notice, report=report.pk)
        except NotADraft:
            # Its moment has come meanwhile.
            pass
    return redirect("console:notice", notice_id)
