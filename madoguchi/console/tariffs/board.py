"""``/console/tariffs/``: every version with its state."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.statements.models import TariffVersion
from madoguchi.statements.tariffs import versions
from madoguchi.statements.tariffs.versions import State


@roles.may_look
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    found = list(TariffVersion.objects.annotate(how_many=Count("rules")).order_by("-valid_from", "-pk"))
    states = versions.states(found, timezone.localdate())
    rows = [(version, states[version.pk]) for version in found]
    context = {
        "rows": rows,
        "sample": any(version.is_sample and state == State.IN_FORCE for version, state in rows),
        "can_bill": roles.can_bill(request),
    }
    return render(request, "console/tariffs/board.html", context)
