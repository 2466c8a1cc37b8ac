"""What is decided about a checked file: import it, or give it up."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from madoguchi.accounts.models import Account
from madoguchi.console import roles
from madoguchi.console.worked_on import decide
from madoguchi.statements.imports import decide as decision
from madoguchi.statements.models import ImportRun

PAGE = "console:import"


@roles.may_bill
@require_POST
def confirm(request: HttpRequest, import_id: int) -> HttpResponse:
    run = get_object_or_404(ImportRun, pk=import_id)
    said = {"stored": run.stored, "rejected": run.rejected}
    return decide(request, run, decision.confirm, act="import.confirm", page=PAGE, **said)


@roles.may_bill
@require_POST
def give_up(request: HttpRequest, import_id: int) -> HttpResponse:
    run = get_object_or_404(ImportRun, pk=import_id)
    return decide(request, run, _give_up, act="import.give_up", page=PAGE)


def _give_up(run: ImportRun, /, *, by: Account, now: datetime) -> bool:
    """The log alone says by whom."""
    return decision.give_up(run, now=now)
