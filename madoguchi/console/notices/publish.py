"""``…/publish/``: what will be said, how it looks, how many get it; then, on a press of the button, it is public."""

from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.notices import find, publish_page
from madoguchi.notices.lifecycle import IllegalMove
from madoguchi.notices.publish import NotReady, fingerprint, reasons_against


@roles.may_look
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, notice_id: int, report_id: int) -> HttpResponseBase:
    """Anybody of the staff may look at the page; its button is the publishers'."""
    if request.method == "POST":
        return _publish(request, notice_id, report_id)
    report = find.report(notice_id, report_id)
    if report.ordinal is not None:
        return redirect("console:notice", notice_id)
    return publish_page.show(request, report, problems=[str(reason.message) for reason in reasons_against(report)])


@roles.may_publish
def _publish(request: HttpRequest, notice_id: int, report_id: int) -> HttpResponse:
    report = find.report(notice_id, report_id)
    if report.ordinal is not None:
        # Pressed twice, or somebody else was faster: it is public, and that is what was wanted.
        return redirect("console:notice", notice_id)
    if not constant_time_compare(request.POST.get("seen", ""), fingerprint(report)):
        return publish_page.show(request, report, problems=[publish_page.changed_meanwhile()], status=422)
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
        problems = [str(reason.message) for reason in refused.reasons]
        return publish_page.show(request, report, problems=problems, status=422)
    except IllegalMove as refused:
        return publish_page.show(request, report, problems=[publish_page.illegal(refused)], status=422)
    return redirect("console:notice", notice_id)
