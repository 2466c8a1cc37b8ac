"""Releasing a draft, so that calls are rated by it, and taking back what rated none yet."""

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from madoguchi.console import audit, roles
from madoguchi.console.tariffs.find import draft_of, version_of
from madoguchi.console.tariffs.version import shown_findings
from madoguchi.shell.forms import render_form
from madoguchi.statements.tariffs import versions
from madoguchi.statements.tariffs.findings import errors


class SeenForm(forms.Form):
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


@roles.may_bill
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, tariff_id: int) -> HttpResponse:
    version = draft_of(tariff_id)
    form = SeenForm(request.POST if request.method == "POST" else None, auto_id="id_%s")
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                versions.release(version, now=timezone.now(), seen=form.cleaned_data["seen"])
                day = version.valid_from.isoformat()
                audit.record(request, "tariff.release", version, name=version.name, valid_from=day)
            return redirect("console:tariff", version.pk)
        except versions.Frozen:  # somebody else did at this very moment
            return redirect("console:tariff", version.pk)
        except versions.Changed:
            form.add_error(None, _("The draft was changed meanwhile. Below is what it is now; please look again."))
        except versions.NotReady:
            form.add_error(None, _("It cannot be released yet: see the errors below."))
    findings = versions.looked_at(version)
    context = {
        "version": version,
        "how_many": version.rules.count(),
        "seen": versions.fingerprint(version),
        "ready": not errors(findings),
        **shown_findings(findings),
    }
    return render_form(request, "console/tariffs/release.html", form, context)


@roles.may_bill
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, tariff_id: int) -> HttpResponse:
    version = version_of(tariff_id)
    if version.is_draft:
        raise Http404
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_bound:
        try:
            with transaction.atomic():
                versions.take_back(version)
                audit.record(request, "tariff.take_back", version, name=version.name)
            return redirect("console:tariff", version.pk)
        except versions.Frozen:
            form.add_error(None, _("Calls were rated by it meanwhile, so it stays as it is."))
    context = {"version": version, "frozen": versions.used(version)}
    return render_form(request, "console/tariffs/take_back.html", form, context)
