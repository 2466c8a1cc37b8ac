"""``/console/imports/<id>/``: how far a file is, what its check found, what came of it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from madoguchi.console import audit, roles
from madoguchi.console.imports.look import granted
from madoguchi.console.rejected_rows import Rejected
from madoguchi.console.worked_on import progress_of
from madoguchi.statements.imports.conflicts import undecided
from madoguchi.statements.imports.progress import stands
from madoguchi.statements.imports.receive import rejects_path
from madoguchi.statements.masking import starred
from madoguchi.statements.models import ImportRun, RejectedRow
from madoguchi.statements.reasons import sentence

A_PAGE = 50
_NUMBERS = {"not_a_number", "wrong_length"}  # reasons whose value may be somebody's number, if it is long enough


@roles.may_bill
@require_safe
def show(request: HttpRequest, import_id: int) -> HttpResponse:
    run = get_object_or_404(ImportRun.objects.select_related("received_by", "confirmed_by", "mends"), pk=import_id)
    page_obj = Paginator(rejected_of(run), A_PAGE).get_page(request.GET.get("page"))
    context = {
        **_context(run),
        "page_obj": page_obj,
        "rows": [_shown(row) for row in page_obj.object_list],
        "granted": granted(request, run),
        "rejects": rejects_path(run).is_file(),
        "waiting": undecided(run.usage_import_id).count() if run.usage_import_id else 0,
        "mended": run.mended_by.all(),
        "entries": audit.entries(run),
    }
    return render(request, "console/imports/page.html", context)


@roles.may_bill
@require_safe
def progress(request: HttpRequest, import_id: int) -> HttpResponse:
    run = get_object_or_404(ImportRun, pk=import_id)
    return progress_of(request, "console/imports/progress.html", _context(run), moves=run.moves)


def _context(run: ImportRun) -> dict[str, Any]:
    earlier = ImportRun.objects.filter(state__in=ImportRun.MOVING, pk__lt=run.pk)
    return {"run": run, "ahead": earlier.count() if run.moves else 0, "stands": run.moves and stands(run.pk)}


def rejected_of(run: ImportRun) -> Any:
    """Records that were not stored, or would not be, in the order of the file."""
    if run.usage_import_id:
        return RejectedRow.objects.filter(usage_import=run.usage_import_id).order_by("line", "pk")
    return RejectedRow.objects.filter(run=run).order_by("line", "pk")


def _shown(row: RejectedRow) -> Rejected:
    hidden = row.reason in _NUMBERS and len(row.value) > 6
    return Rejected(row.line, row.column, sentence(row.reason, starred(row.value) if hidden else row.value))
