"""Drafts of a tariff version: begin one, change its facts, throw it away."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from madoguchi.console import audit, roles
from madoguchi.console.tariffs.find import draft_of, locked
from madoguchi.console.tariffs.meanwhile import changed_meanwhile, mark
from madoguchi.shell.forms import render_form
from madoguchi.shell.templatetags.shell import date_long
from madoguchi.statements.models import Call, TariffVersion, UsageKind
from madoguchi.statements.tariffs import versions
from madoguchi.statements.tariffs.words import usage_words

METHODS = ["GET", "HEAD", "POST"]
EARLIEST, LATEST = date(2000, 1, 1), date(2035, 12, 31)  # as far as holidays are known (statements/book.py)


class DayField(forms.DateField):
    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        missing = {
            "required": gettext_lazy("Please enter the day."),
            "invalid": gettext_lazy("Write the date as 2027-04-01."),
        }
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], error_messages=missing, **options)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and not EARLIEST <= day <= LATEST:
            raise ValidationError(_("Please choose a day from 2000 to 2035."))
        return day


class FactsForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the version"),
        max_length=60,
        help_text=gettext_lazy("Statements name it beside each call. It cannot be changed after the release."),
        error_messages={"required": gettext_lazy("Please give the version a name, such as 2027-04.")},
    )
    valid_from = DayField(
        label=pgettext_lazy("tariff", "In force from"), help_text=gettext_lazy("Calls that begin on this day.")
    )
    usage_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of contract"),
        choices=UsageKind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Please choose at least one kind of contract.")},
    )

    def __init__(self, *args: Any, version: TariffVersion | None = None, **options: Any) -> None:
        super().__init__(*args, **{**options, "auto_id": "id_%s"})
        self.version = version

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = TariffVersion.objects.filter(name=name)
        if (self.version and others.exclude(pk=self.version.pk).exists()) or (not self.version and others.exists()):
            raise ValidationError(_("Another version has this name."))
        if Call.objects.filter(tariff=name).exists():
            raise ValidationError(_("Calls were rated by a version of this name. Please choose another."))
        return name


class NewForm(FactsForm):
    source = forms.ModelChoiceField(
        label=gettext_lazy("Begin with the rules of"),
        queryset=TariffVersion.objects.all(),
        required=False,
        empty_label=gettext_lazy("None: they come from a CSV file"),
    )


@roles.may_bill
@require_http_methods(METHODS)
def new(request: HttpRequest) -> HttpResponse:
    form = NewForm(request.POST if request.method == "POST" else None, initial=_begin(request))
    if not (form.is_bound and form.is_valid()):
        return render_form(request, "console/tariffs/new.html", form)
    source: TariffVersion | None = form.cleaned_data.pop("source")
    with transaction.atomic():
        version = TariffVersion.objects.create(**form.cleaned_data)
        if source:
            version.bands, version.zone = source.bands, source.zone
            version.save(update_fields=["bands", "zone"])
            versions.copy_rules(version, source)
        audit.record(request, "tariff.add", version, name=version.name, source=source.name if source else "")
    return redirect("console:tariff" if source else "console:tariff_upload", version.pk)


def _begin(request: HttpRequest) -> dict[str, Any]:
    """The facts of the version that the address asks to begin from."""
    asked = request.GET.get("from", "")
    known = asked.isascii() and asked.isdigit() and len(asked) < 9
    source = TariffVersion.objects.filter(pk=asked).first() if known else None
    return {"source": source, "usage_kinds": source.usage_kinds} if source else {}


@roles.may_bill
@require_http_methods(METHODS)
def edit(request: HttpRequest, tariff_id: int) -> HttpResponse:
    version = draft_of(tariff_id)
    form = FactsForm(request.POST if request.method == "POST" else None, initial=_facts(version), version=version)
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            version = locked(version)
            if not changed_meanwhile(request, form, _facts(version), words=_in_words(version)):
                _save(request, version, form)
                return redirect("console:tariff", version.pk)
    context = {"version": version, "seen": mark(_facts(version))}
    return render_form(request, "console/tariffs/edit.html", form, context)


def _facts(version: TariffVersion) -> dict[str, Any]:
    return {name: getattr(version, name) for name in ("name", "valid_from", "usage_kinds")}


def _in_words(version: TariffVersion) -> str:
    return f"{version.name} / {date_long(version.valid_from)} / {usage_words(version.usage_kinds)}"


def _save(request: HttpRequest, version: TariffVersion, form: FactsForm) -> None:
    for name, value in form.cleaned_data.items():
        setattr(version, name, value)
    version.save(update_fields=list(form.cleaned_data))
    changed = {name: str(form.cleaned_data[name]) for name in form.changed_data}
    audit.record(request, "tariff.edit", version, **changed)


@roles.may_bill
@require_http_methods(METHODS)
def remove(request: HttpRequest, tariff_id: int) -> HttpResponse:
    version = draft_of(tariff_id)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        context = {"version": version, "how_many": version.rules.count()}
        return render_form(request, "console/tariffs/remove.html", form, context)
    with transaction.atomic():
        version = locked(version)
        audit.record(request, "tariff.remove", version, name=version.name, rules=version.rules.count())
        version.delete()
    return redirect("console:tariffs")
