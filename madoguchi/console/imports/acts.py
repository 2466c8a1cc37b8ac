"""What is decided about a checked file: import it, or give it up."""

from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.statements.imports import decide
from madoguchi.statements.models import ImportRun


@roles.may_bill
@require_POST
def confirm(request: HttpRequest, import_id: int) -> HttpResponse:
    """Where somebody else decided first, the page says how it stands."""
    run = get_object_or_404(ImportRun, pk=import_id)
    with transaction.atomic():
        if decide.confirm(run, by=cast(Account, request.user), now=timezone.now()):
            audit.record(request, "import.confirm", run, stored=run.stored, rejected=run.rejected)
    return redirect("console:import", run.pk)


@roles.may_bill
@require_POST
def give_up(request: HttpRequest, import_id: int) -> HttpResponse:
    run = get_object_or_404(ImportRun, pk=import_id)
    with transaction.atomic():
        if decide.give_up(run, now=timezone.now()):
            audit.record(request, "import.give_up", run)
    return redirect("console:import", run.pk)
