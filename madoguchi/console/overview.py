"""``/console/``: what is wrong now, what comes next, what waits for somebody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.console.mailings.told import stopped
from madoguchi.console.notices.watch import Watch


@roles.may_look
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    context = {"watch": Watch.now(), "stopped": stopped(), "can_write": roles.can_write(request)}
    return render(request, "console/overview.html", context)
