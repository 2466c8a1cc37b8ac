"""Looking at records of an import: only with a reason, which the audit log keeps; it lets one look for half an hour."""

from datetime import timedelta
from typing import cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.customers.forms import ReasonField
from madoguchi.console.models import AuditEntry
from madoguchi.shell.forms import render_form
from madoguchi.statements.models import ImportRun

LASTS = timedelta(minutes=30)
_LOOK = "import.look"


class LookForm(forms.Form):
    reason = ReasonField()


def granted(request: HttpRequest, run: ImportRun) -> bool:
    """Whether this member of staff gave a reason to look at the import's records lately."""
    given = AuditEntry.objects.filter(
        actor=cast(Account, request.user),
        act=_LOOK,
        object_type="importrun",
        object_key=str(run.pk),
        at__gt=timezone.now() - LASTS,
    )
    return given.exists()


@roles.may_bill
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest, import_id: int) -> HttpResponse:
    """Ask for the reason; from then on the import's page lets one download and look."""
    run = get_object_or_404(ImportRun, pk=import_id)
    form = LookForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        audit.record(request, _LOOK, run, reason=form.cleaned_data["reason"])
        return redirect("console:import", run.pk)
    return render_form(request, "console/imports/look.html", form, {"run": run})
