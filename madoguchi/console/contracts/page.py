"""``/console/contracts/import/<id>/``: how far an upload is, what its check found, and what is decided about it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from madoguchi.console import audit, roles
from madoguchi.console.rejected_rows import Rejected, rejected_csv
from madoguchi.console.worked_on import decide, progress_of
from madoguchi.contracts.imports import uploads
from madoguchi.contracts.imports.reasons import about_file, sentence
from madoguchi.contracts.models import Upload, UploadFile
from madoguchi.statements.masking import starred

PAGE = "console:contracts_upload"
_NUMBERS = {"phone", "spreadsheet"}  # reasons whose value may be somebody's telephone number


@roles.may_bill
@require_safe
def show(request: HttpRequest, upload_id: int) -> HttpResponse:
    upload = get_object_or_404(Upload.objects.select_related("received_by", "decided_by"), pk=upload_id)
    context = _context(upload)
    context["why_refused"] = about_file(upload.reason, upload.about) if upload.reason else ""
    context["rejected"] = [(file, _rows(file)) for file in context["files"] if file.rejected]
    return render(request, "console/contracts/page.html", {**context, "entries": audit.entries(upload)})


@roles.may_bill
@require_safe
def progress(request: HttpRequest, upload_id: int) -> HttpResponse:
    upload = get_object_or_404(Upload, pk=upload_id)
    return progress_of(request, "console/contracts/progress.html", _context(upload), moves=upload.moves)


def _context(upload: Upload) -> dict[str, Any]:
    files = list(upload.files.all())
    return {
        "upload": upload,
        "files": files,
        "read": sum(file.read for file in files),
        "good": sum(file.new + file.changed for file in files),
    }


def _rows(file: UploadFile) -> list[Rejected]:
    return [
        Rejected(line, column, sentence(reason, starred(value) if reason in _NUMBERS else value))
        for line, column, reason, value in file.problems
    ]


@roles.may_bill
@require_POST
def confirm(request: HttpRequest, upload_id: int) -> HttpResponse:
    upload = get_object_or_404(Upload, pk=upload_id)
    return decide(request, upload, uploads.confirm, act="contracts.confirm", page=PAGE)


@roles.may_bill
@require_POST
def give_up(request: HttpRequest, upload_id: int) -> HttpResponse:
    upload = get_object_or_404(Upload, pk=upload_id)
    return decide(request, upload, uploads.give_up, act="contracts.give_up", page=PAGE)


@roles.may_bill
@require_safe
def rejected(request: HttpRequest, upload_id: int, file_id: int) -> StreamingHttpResponse:
    """The rows of a file that are left out, with their lines and reasons, to be mended and sent again."""
    file = get_object_or_404(UploadFile.objects.select_related("upload"), pk=file_id, upload=upload_id)
    answer = rejected_csv(file.rejects, name=f"{file.kind or 'file'}-{upload_id}-rejected.csv", sentence=sentence)
    audit.record(request, "contracts.rejected", file.upload, rows=file.rejected)
    return answer
