"""The records that were not taken: as a file of their kind, to be mended and uploaded again, and why they were not."""

import csv
from collections.abc import Iterator
from io import StringIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from madoguchi.console import audit, roles
from madoguchi.console.imports.look import granted
from madoguchi.console.imports.page import rejected_of
from madoguchi.statements.imports.receive import rejects_path
from madoguchi.statements.models import ImportRun
from madoguchi.statements.reasons import sentence


@roles.may_bill
@require_safe
def download(request: HttpRequest, import_id: int) -> HttpResponseBase:
    run = get_object_or_404(ImportRun, pk=import_id)
    path = rejects_path(run)
    if not path.is_file():
        raise Http404
    if not granted(request, run):
        return redirect("console:import_look", run.pk)
    audit.record(request, "import.rejects", run, rejected=run.rejected)
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"import-{run.pk}-rejected{_suffix(run)}")


@roles.may_bill
@require_safe
def reasons(request: HttpRequest, import_id: int) -> HttpResponseBase:
    """Why, by line, as CSV in the reader's language."""
    run = get_object_or_404(ImportRun, pk=import_id)
    if not granted(request, run):
        return redirect("console:import_look", run.pk)
    audit.record(request, "import.reasons", run, rejected=run.rejected)
    response = StreamingHttpResponse(_reasons(run, get_language() or "ja"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{run.pk}-reasons.csv"'
    return response


def _suffix(run: ImportRun) -> str:
    """Of the uploaded file, where it says something; packed it is no more."""
    plain = run.file_name.removesuffix(".gz").removesuffix(".zst")
    suffix = plain[plain.rfind(".") :] if "." in plain else ""
    return suffix if suffix.lower() in {".csv", ".json", ".jsonl", ".txt", ".log"} else ".txt"


def _reasons(run: ImportRun, language: str) -> Iterator[bytes]:
    buffer = StringIO()
    writer = csv.writer(buffer)
    yield b"\xef\xbb\xbf"  # a spreadsheet knows UTF-8 by its mark
    writer.writerow(["line_in_file", "column", "reason"])
    for row in rejected_of(run).iterator(chunk_size=2000):
        with override(language):  # the request is over by now
            writer.writerow([row.line, _plain(row.column), _plain(sentence(row.reason, row.value))])
        if buffer.tell() > 1 << 16:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _plain(text: str) -> str:
    """Not a formula, whatever stood in the file."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
