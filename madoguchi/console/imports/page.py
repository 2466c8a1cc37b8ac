"""``/console/imports/<id>/``: how far a file is, what its check found, what came of it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.console.imports.look import granted
from madoguchi.console.models import AuditEntry
from madoguchi.statements.imports.conflicts import undecided
from madoguchi.statements.imports.progress import stands
from madoguchi.statements.imports.receive import rejects_path
from madoguchi.statements.models import ImportRun, RejectedRow

A_PAGE = 50
ENTRIES_SHOWN = 20


@roles.may_bill
@require_safe
def show(request: HttpRequest, import_id: int) -> HttpResponse:
    run = get_object_or_404(ImportRun.objects.select_related("received_by", "confirmed_by", "mends"), pk=import_id)
    done = AuditEntry.objects.filter(object_type="importrun", object_key=str(run.pk)).select_related("actor")
    page_obj = Paginator(rejected_of(run), A_PAGE).get_page(request.GET.get("page"))
    context = {
        **_context(run),
        "page_obj": page_obj,
        "granted": granted(request, run),
        "rejects": rejects_path(run).is_file(),
        "waiting": undecided(run.usage_import_id).count() if run.usage_import_id else 0,
        "mended": run.mended_by.all(),
        "entries": done[:ENTRIES_SHOWN],
    }
    return render(request, "console/imports/page.html", context)


@roles.may_bill
@require_safe
def progress(request: HttpRequest, import_id: int) -> HttpResponse:
    """The part of the page that changes, for the page itself to fetch; at the end it fetches all of itself."""
    run = get_object_or_404(ImportRun, pk=import_id)
    response = render(request, "console/imports/progress.html", _context(run))
    if not run.moves:
        response["HX-Refresh"] = "true"
    return response


def _context(run: ImportRun) -> dict[str, Any]:
    earlier = ImportRun.objects.filter(state__in=ImportRun.MOVING, pk__lt=run.pk)
    return {"run": run, "ahead": earlier.count() if run.moves else 0, "stands": run.moves and stands(run.pk)}


def rejected_of(run: ImportRun) -> Any:
    """Records that were not stored, or would not be, in the order of the file."""
    if run.usage_import_id:
        return RejectedRow.objects.filter(usage_import=run.usage_import_id).order_by("line", "pk")
    return RejectedRow.objects.filter(run=run).order_by("line", "pk")
