"""``/console/``: what is wrong now, what comes next, what waits for somebody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.console.notices.watch import Watch


@roles.may_look
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    return render(request, "console/overview.html", {"watch": Watch.now(), "can_write": roles.can_write(request)})
