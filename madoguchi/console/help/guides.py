"""``/console/guides/``: guides."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.catalog.edit import content_of_guide, latest_version, save_guide
from madoguchi.catalog.models import Guide
from madoguchi.console import roles
from madoguchi.console.help.editing import asked_version, edit
from madoguchi.console.help.forms import GuideForm, initial_of

TEMPLATE = "console/help/guide.html"


@roles.may_write
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    return render(request, "console/help/guides.html", {"guides": Guide.objects.prefetch_related("services")})


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = GuideForm(request.POST if request.method == "POST" else None)
    return _edit(request, None, form, act="guide.add")


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, guide_id: int) -> HttpResponse:
    guide = get_object_or_404(Guide, pk=guide_id)
    initial = asked_version(request, guide) or initial_of(content_of_guide(guide))
    initial["seen"] = latest_version(guide)
    form = GuideForm(request.POST if request.method == "POST" else None, initial=initial, guide=guide)
    return _edit(request, guide, form, act="guide.change")


def _edit(request: HttpRequest, guide: Guide | None, form: GuideForm, *, act: str) -> HttpResponse:
    saver = partial(save_guide, guide)
    return edit(request, guide, form, template=TEMPLATE, back_to="console:guide", act=act, saver=saver)
