"""``/console/payments/<id>/``: how far a file is, what its check found, and what is decided about it."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from madoguchi.console import audit, roles
from madoguchi.console.rejected_rows import Rejected, rejected_csv
from madoguchi.console.worked_on import decide, progress_of
from madoguchi.statements.billing import payment_files
from madoguchi.statements.billing.payment_words import about_file, sentence
from madoguchi.statements.models import PaymentFile


@roles.may_bill
@require_safe
def show(request: HttpRequest, file_id: int) -> HttpResponse:
    file = get_object_or_404(PaymentFile.objects.select_related("received_by", "decided_by"), pk=file_id)
    context = {
        "file": file,
        "why_refused": about_file(file.reason, file.about) if file.reason else "",
        "rows": [Rejected(line, column, sentence(reason, value)) for line, column, reason, value in file.problems],
        "rejects": file.rejects.is_file(),
        "entries": audit.entries(file),
    }
    return render(request, "console/payments/page.html", context)


@roles.may_bill
@require_safe
def progress(request: HttpRequest, file_id: int) -> HttpResponse:
    file = get_object_or_404(PaymentFile, pk=file_id)
    return progress_of(request, "console/payments/progress.html", {"file": file}, moves=file.moves)


@roles.may_bill
@require_POST
def confirm(request: HttpRequest, file_id: int) -> HttpResponse:
    file = get_object_or_404(PaymentFile, pk=file_id)
    act, page = "payments.confirm", "console:payment_file"
    return decide(request, file, payment_files.confirm, act=act, page=page, new=file.new)


@roles.may_bill
@require_POST
def give_up(request: HttpRequest, file_id: int) -> HttpResponse:
    file = get_object_or_404(PaymentFile, pk=file_id)
    return decide(request, file, payment_files.give_up, act="payments.give_up", page="console:payment_file")


@roles.may_bill
@require_safe
def rejected(request: HttpRequest, file_id: int) -> StreamingHttpResponse:
    """The rows that are left out, with their lines and reasons, to be mended and sent again."""
    file = get_object_or_404(PaymentFile, pk=file_id)
    answer = rejected_csv(file.rejects, name=f"payments-{file_id}-rejected.csv", sentence=sentence)
    audit.record(request, "payments.rejected", file, rows=file.rejected)
    return answer
