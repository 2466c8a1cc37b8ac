"""``…/mail/``: one mail of a report as its reader will get it. HTML is shown in a frame that runs nothing."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.console.notices import find
from madoguchi.notices.mail import preview


@roles.may_look
@xframe_options_sameorigin
# A mail carries its styles inline, as mail clients want it: allowed here alone, and without any script.
@csp({"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF], "sandbox": True})  # type: ignore[untyped-decorator]
@require_safe
def mail(request: HttpRequest, notice_id: int, report_id: int) -> HttpResponse:
    report = find.report(notice_id, report_id)
    language = request.GET.get("language", "ja")
    if language not in ("ja", "en"):
        raise Http404
    draft = preview(report, language, "full")
    if draft.html is None:
        raise Http404
    return HttpResponse(draft.html)
