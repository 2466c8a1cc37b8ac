"""``/console/audit/``: everything that was done, newest first, for administrators."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.console.models import AuditEntry

A_PAGE = 100


@roles.administrators
@require_safe
def audit_log(request: HttpRequest) -> HttpResponse:
    entries = AuditEntry.objects.select_related("actor").order_by("-at", "-pk")
    page_obj = Paginator(entries, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "console/audit_log.html", {"page_obj": page_obj})
