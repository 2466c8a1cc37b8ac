"""``…/discard/``: throw a draft away, after saying what."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from madoguchi.console import audit, roles
from madoguchi.console.notices import find
from madoguchi.notices import write


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, notice_id: int, report_id: int) -> HttpResponse:
    report = find.report(notice_id, report_id)
    notice = report.notice
    if report.ordinal is not None:
        return redirect("console:notice", notice_id)
    if request.method != "POST":
        return render(request, "console/notices/discard.html", {"notice": notice, "report": report})
    first = notice.is_draft
    with transaction.atomic():
        audit.record(request, "notice.discard" if first else "report.discard", notice, report=report.pk)
        write.discard(report)
    return redirect("console:notices") if first else redirect("console:notice", notice_id)
