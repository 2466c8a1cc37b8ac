"""``/console/imports/<id>/undo/``: what taking an import back would do, then do it; or hear what stands against it."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from madoguchi.console import audit, roles
from madoguchi.statements.models import ImportRun
from madoguchi.statements.undo_import import CannotUndo, outlook, undo_import


@roles.may_bill
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, import_id: int) -> HttpResponse:
    run = get_object_or_404(ImportRun.objects.select_related("usage_import"), pk=import_id, state=ImportRun.State.DONE)
    context: dict[str, object] = {"run": run}
    try:
        if request.method == "POST":
            with transaction.atomic():
                undone = undo_import(run.usage_import_id or 0, now=timezone.now(), wait=False)
                audit.record(request, "import.undo", run, lines=undone.lines, put_right=undone.put_right)
            return redirect("console:import", run.pk)
        context["outlook"] = outlook(run.usage_import_id or 0)
    except CannotUndo as error:
        context["against"] = error.sentence()
    return render(request, "console/imports/undo.html", context)
