"""``/services/<slug>/``: what is the matter with one service now and lately, and the operator's texts about it."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from madoguchi.catalog.models import Service
from madoguchi.notices.models import Notice
from madoguchi.shell.cacheable import public_page

LATELY = timedelta(days=30)


@public_page
def service(request: HttpRequest, slug: str) -> HttpResponse:
    shown = get_object_or_404(Service.objects.select_related("category").prefetch_related("sections"), slug=slug)
    notices = Notice.objects.of_service(shown).prefetch_related("services", "windows")
    in_force = list(notices.in_force())
    lately = notices.published().filter(withdrawn_at=None, last_published_at__gte=timezone.now() - LATELY)
    context = {
        "service": shown,
        "in_force": in_force,
        "lately": [notice for notice in lately if not notice.is_in_force],
        "trouble": any(notice.kind == Notice.Kind.TROUBLE for notice in in_force),
    }
    return render(request, "public/service.html", context)
