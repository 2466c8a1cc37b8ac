"""``/notices/preview/<report>/``: for staff, the page of a notice as a draft report will make it once published."""

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from madoguchi.accounts.access import staff_required
from madoguchi.accounts.models import StaffRole
from madoguchi.notices.models import Report
from madoguchi.notices.rehearse import rehearsed
from madoguchi.support.public.notice import context_of


@staff_required(*StaffRole)
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[untyped-decorator]
@require_safe
def preview(request: HttpRequest, report_id: int) -> HttpResponseBase:
    """The page itself and not a likeness of it: published, shown, and taken back."""
    drafts = Report.objects.select_related("notice").filter(notice__withdrawn_at=None)
    report = get_object_or_404(drafts, pk=report_id)
    if report.ordinal is not None:
        return redirect("public:notice", report.notice.number)
    with rehearsed(report) as notice:
        response: HttpResponse = render(request, "public/notice_preview.html", context_of(notice))
    return response
