"""``/console/services/``: what is offered, under which names, and the parts of each service's page."""

from dataclasses import asdict
from functools import partial

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.catalog.edit import latest_version
from madoguchi.catalog.models import Service
from madoguchi.catalog.offer import content_of_service, save_service
from madoguchi.console import roles
from madoguchi.console.catalogue.forms import ServiceForm, initial_of_service
from madoguchi.console.help.editing import asked_version, edit

TEMPLATE = "console/catalogue/service.html"


class Filter(forms.Form):
    q = forms.CharField(label=_("Name"), required=False, max_length=100)


@roles.may_write
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    wanted = Filter(request.GET, auto_id="filter_%s")
    wanted.full_clean()
    words = wanted.cleaned_data.get("q")
    found = Service.objects.search(words) if words else Service.objects.order_by("category__order", "kana")
    context = {"filter": wanted, "services": found.select_related("category").prefetch_related("sections")}
    return render(request, "console/catalogue/services.html", context)


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _edit(request, None, ServiceForm(request.POST if request.method == "POST" else None), act="service.add")


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, service_id: int) -> HttpResponse:
    service = get_object_or_404(Service.objects.select_related("category"), pk=service_id)
    content = asked_version(request, service) or asdict(content_of_service(service))
    initial = {**initial_of_service(content), "seen": latest_version(service)}
    form = ServiceForm(request.POST if request.method == "POST" else None, initial=initial, text=service)
    return _edit(request, service, form, act="service.change")


def _edit(request: HttpRequest, service: Service | None, form: ServiceForm, *, act: str) -> HttpResponse:
    saver = partial(save_service, service)
    return edit(request, service, form, template=TEMPLATE, back_to="console:service", act=act, saver=saver)
