"""``/console/imports/``: every file of usage that was received, the newest first."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.statements.models import ImportRun

A_PAGE = 30


@roles.may_bill
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    runs = ImportRun.objects.select_related("received_by", "usage_import")
    page_obj = Paginator(runs, A_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page_obj, "moving": any(run.moves for run in page_obj.object_list)}
    return render(request, "console/imports/board.html", context)
