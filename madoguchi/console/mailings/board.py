"""``/console/mailings/``: what is being sent now, and what was sent lately."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.console.mailings.told import Told, tell
from madoguchi.delivery.models import Mailing
from madoguchi.notices import staff_mail

A_PAGE = 20


@roles.may_look
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    over = _to_many().filter(finished_at__isnull=False)
    page_obj = Paginator(over, A_PAGE).get_page(request.GET.get("page"))
    context = {"running": _running(), "page_obj": page_obj, "over": tell(page_obj.object_list)}
    return render(request, "console/mailings/board.html", context)


@roles.may_look
@require_safe
def running(request: HttpRequest) -> HttpResponse:
    """The part of the page that changes, for the page itself to fetch."""
    return render(request, "console/mailings/running.html", {"running": _running()})


def _running() -> list[Told]:
    return tell(_to_many().filter(finished_at=None))


def _to_many() -> QuerySet[Mailing]:
    """Newest first. The alarms to the staff on duty are told apart by their reference, and go to one address."""
    return Mailing.objects.filter(single=False).exclude(renderer__in=staff_mail.ALL).order_by("-created_at", "-pk")
