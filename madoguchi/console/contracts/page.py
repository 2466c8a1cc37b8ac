"""``/console/contracts/import/<id>/``: how far an upload is, what its check found, and what is decided about it."""

from typing import Any, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.models import AuditEntry
from madoguchi.console.rejected_rows import rejected_csv
from madoguchi.contracts.imports import uploads
from madoguchi.contracts.imports.reasons import sentence
from madoguchi.contracts.models import Upload, UploadFile

ENTRIES_SHOWN = 20


@roles.may_bill
@require_safe
def show(request: HttpRequest, upload_id: int) -> HttpResponse:
    upload = get_object_or_404(Upload.objects.select_related("received_by", "decided_by"), pk=upload_id)
    done = AuditEntry.objects.filter(object_type="upload", object_key=str(upload.pk)).select_related("actor")
    context = {**_context(upload), "entries": done[:ENTRIES_SHOWN]}
    return render(request, "console/contracts/page.html", context)


@roles.may_bill
@require_safe
def progress(request: HttpRequest, upload_id: int) -> HttpResponse:
    """The part of the page that changes, for the page itself to fetch; at the end it fetches all of itself."""
    upload = get_object_or_404(Upload, pk=upload_id)
    response = render(request, "console/contracts/progress.html", _context(upload))
    if not upload.moves:
        response["HX-Refresh"] = "true"
    return response


def _context(upload: Upload) -> dict[str, Any]:
    files = list(upload.files.all())
    return {
        "upload": upload,
        "files": files,
        "read": sum(file.read for file in files),
        "good": sum(file.new + file.changed for file in files),
        "rejected": [file for file in files if file.rejected],
    }


@roles.may_bill
@require_POST
def confirm(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Where somebody else decided first, the page says how it stands."""
    upload = get_object_or_404(Upload, pk=upload_id)
    with transaction.atomic():
        if uploads.confirm(upload, by=cast(Account, request.user), now=timezone.now()):
            audit.record(request, "contracts.confirm", upload)
    return redirect("console:contracts_upload", upload.pk)


@roles.may_bill
@require_POST
def give_up(request: HttpRequest, upload_id: int) -> HttpResponse:
    upload = get_object_or_404(Upload, pk=upload_id)
    with transaction.atomic():
        if uploads.give_up(upload, by=cast(Account, request.user), now=timezone.now()):
            audit.record(request, "contracts.give_up", upload)
    return redirect("console:contracts_upload", upload.pk)


@roles.may_bill
@require_safe
def rejected(request: HttpRequest, upload_id: int, file_id: int) -> StreamingHttpResponse:
    """The rows of a file that are left out, with their lines and reasons, to be mended and sent again."""
    file = get_object_or_404(UploadFile.objects.select_related("upload"), pk=file_id, upload=upload_id)
    answer = rejected_csv(file.rejects, name=f"{file.kind or 'file'}-{upload_id}-rejected.csv", sentence=sentence)
    audit.record(request, "contracts.rejected", file.upload, rows=file.rejected)
    return answer
