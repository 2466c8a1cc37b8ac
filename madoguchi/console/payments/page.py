"""``/console/payments/<id>/``: how far a file is, what its check found, and what is decided about it."""

from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.models import AuditEntry
from madoguchi.console.rejected_rows import rejected_csv
from madoguchi.statements.billing import payment_files
from madoguchi.statements.billing.payment_words import sentence
from madoguchi.statements.models import PaymentFile

ENTRIES_SHOWN = 20


@roles.may_bill
@require_safe
def show(request: HttpRequest, file_id: int) -> HttpResponse:
    file = get_object_or_404(PaymentFile.objects.select_related("received_by", "decided_by"), pk=file_id)
    done = AuditEntry.objects.filter(object_type="paymentfile", object_key=str(file.pk)).select_related("actor")
    context = {"file": file, "rejects": file.rejects.is_file(), "entries": done[:ENTRIES_SHOWN]}
    return render(request, "console/payments/page.html", context)


@roles.may_bill
@require_safe
def progress(request: HttpRequest, file_id: int) -> HttpResponse:
    """The part of the page that changes, for the page itself to fetch; at the end it fetches all of itself."""
    file = get_object_or_404(PaymentFile, pk=file_id)
    response = render(request, "console/payments/progress.html", {"file": file})
    if not file.moves:
        response["HX-Refresh"] = "true"
    return response


@roles.may_bill
@require_POST
def confirm(request: HttpRequest, file_id: int) -> HttpResponse:
    """Where somebody else decided first, the page says how it stands."""
    file = get_object_or_404(PaymentFile, pk=file_id)
    with transaction.atomic():
        if payment_files.confirm(file, by=cast(Account, request.user), now=timezone.now()):
            audit.record(request, "payments.confirm", file, new=file.new)
    return redirect("console:payment_file", file.pk)


@roles.may_bill
@require_POST
def give_up(request: HttpRequest, file_id: int) -> HttpResponse:
    file = get_object_or_404(PaymentFile, pk=file_id)
    with transaction.atomic():
        if payment_files.give_up(file, by=cast(Account, request.user), now=timezone.now()):
            audit.record(request, "payments.give_up", file)
    return redirect("console:payment_file", file.pk)


@roles.may_bill
@require_safe
def rejected(request: HttpRequest, file_id: int) -> StreamingHttpResponse:
    """The rows that are left out, with their lines and reasons, to be mended and sent again."""
    file = get_object_or_404(PaymentFile, pk=file_id)
    answer = rejected_csv(file.rejects, name=f"payments-{file_id}-rejected.csv", sentence=sentence)
    audit.record(request, "payments.rejected", file, rows=file.rejected)
    return answer
