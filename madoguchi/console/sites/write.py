"""``/console/sites/new/`` and ``/console/sites/<client id>/``: describe a site, change it, remove it."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from madoguchi.console import audit, roles
from madoguchi.console.sites import secret
from madoguchi.provider.forms import SiteForm, of
from madoguchi.provider.models import Consent, Site
from madoguchi.shell.forms import render_form


@roles.administrators
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = SiteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            site, made = form.add()
            audit.record(request, "site.add", site, client_id=site.client_id)
        secret.keep(request, site, made)
        return redirect("console:site", site.client_id)
    return render_form(request, "console/sites/new.html", form)


@roles.administrators
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, client_id: str) -> HttpResponse:
    site = get_object_or_404(Site, client_id=client_id)
    form = SiteForm(request.POST, site=site) if request.method == "POST" else SiteForm(initial=of(site), site=site)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            changed = sorted(name for name, before in of(site).items() if form.cleaned_data[name] != before)
            form.change()
            audit.record(request, "site.change", site, client_id=client_id, fields=changed)
        return redirect("console:site", client_id)
    made = secret.take(request, site) if request.method == "GET" else ""
    return render_form(request, "console/sites/edit.html", form, {"site": site, "secret": made})


@roles.administrators
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, client_id: str) -> HttpResponse:
    site = get_object_or_404(Site, client_id=client_id)
    connected = Consent.objects.filter(site=site, ended_at=None).count()
    if request.method != "POST":
        return render(request, "console/sites/remove.html", {"site": site, "connected": connected})
    with transaction.atomic():
        audit.record(request, "site.remove", site, client_id=site.client_id, connected=connected)
        site.delete()
    return redirect("console:sites")
