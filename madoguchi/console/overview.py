"""``/console/``: what is wrong now, what comes next, what waits for somebody."""

from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.console.notices.timing import Timing
from madoguchi.notices.models import Notice, Report

WORK_SHOWN = 10


@roles.may_look
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    in_force = Notice.objects.in_force().prefetch_related("services")
    troubles = in_force.trouble().order_by("first_published_at")
    waiting = Report.objects.filter(ordinal__isnull=True).select_related("notice", "written_by").order_by("-pk")
    return render(
        request,
        "console/overview.html",
        {
            "troubles": [(notice, Timing.of(notice)) for notice in troubles],
            "works": in_force.work().annotate(begins=Min("windows__starts_at")).order_by("begins", "pk")[:WORK_SHOWN],
            "drafts": waiting[:WORK_SHOWN],
            "can_write": roles.can_write(request),
        },
    )
