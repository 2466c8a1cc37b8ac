"""A draft's time bands: parts of the week, holidays of Japan among the days."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from madoguchi.console import audit, roles
from madoguchi.console.tariffs.find import draft_of, locked
from madoguchi.console.tariffs.meanwhile import changed_meanwhile, mark
from madoguchi.shell.forms import render_form
from madoguchi.statements.models import TariffVersion
from madoguchi.statements.tariffs.rules_csv import LONGEST_BAND
from madoguchi.statements.tariffs.words import DAYS, hours_text, listed_days

TEMPLATE = "console/tariffs/band.html"
METHODS = ["GET", "HEAD", "POST"]


class BandForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the time band"),
        max_length=LONGEST_BAND,
        help_text=gettext_lazy("Rules name it in their column band."),
        error_messages={"required": gettext_lazy("Please give the time band a name.")},
    )
    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"),
        choices=list(enumerate(DAYS)),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("A public holiday of Japan is only a holiday, whatever its weekday."),
        error_messages={"required": gettext_lazy("Please choose at least one day.")},
    )
    hours = forms.TypedMultipleChoiceField(
        label=pgettext_lazy("tariff", "Hours"),
        choices=[(hour, f"{hour}:00–{hour + 1}:00") for hour in range(24)],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What counts is when the call begins."),
        error_messages={"required": gettext_lazy("Please choose at least one hour.")},
    )

    def __init__(self, *args: Any, others: list[dict[str, Any]], **options: Any) -> None:
        super().__init__(*args, **{**options, "auto_id": "id_%s"})
        self.others = others

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if any(band["name"] == name for band in self.others):
            raise ValidationError(_("Another time band of this version has this name."))
        return name

    def clean(self) -> dict[str, Any]:
        days, hours = set(self.cleaned_data.get("days", ())), set(self.cleaned_data.get("hours", ()))
        for band in self.others:
            both_days, both_hours = days & set(band["days"]), hours & set(band["hours"])
            if both_days and both_hours:
                said = _("It overlaps with “%(band)s”: %(when)s.")
                when = f"{listed_days(both_days)} {hours_text(both_hours)}"
                self.add_error("hours", said % {"band": band["name"], "when": when})
        return self.cleaned_data


def _edit(request: HttpRequest, version: TariffVersion, place: int | None) -> HttpResponse:
    if request.method != "POST":
        return _shown(request, version, place, _form(version, place, None))
    with transaction.atomic():
        version = locked(version)  # what others did since it was shown counts
        band = _band(version, place)
        form = _form(version, place, request.POST)
        if not form.is_valid() or (band and changed_meanwhile(request, form, version.bands, words=_in_words(band))):
            return _shown(request, version, place, form)
        _save(request, version, place, form.cleaned_data)
    return redirect("console:tariff", version.pk)


def _band(version: TariffVersion, place: int | None) -> dict[str, Any] | None:
    if place is not None and place >= len(version.bands):
        raise Http404
    return None if place is None else version.bands[place]


def _form(version: TariffVersion, place: int | None, sent: Any) -> BandForm:
    band = _band(version, place)
    return BandForm(sent, others=[other for other in version.bands if other is not band], initial=band or {})


def _shown(request: HttpRequest, version: TariffVersion, place: int | None, form: BandForm) -> HttpResponse:
    band = _band(version, place)
    used = _rules(version, band).count() if band else 0
    context = {"version": version, "band": band, "used": used, "seen": mark(version.bands)}
    return render_form(request, TEMPLATE, form, context)


def _in_words(band: dict[str, Any]) -> str:
    return f"{band['name']} / {listed_days(set(band['days']))} {hours_text(set(band['hours']))}"


def _save(request: HttpRequest, version: TariffVersion, place: int | None, given: dict[str, Any]) -> None:
    band = _band(version, place)
    new = {**given, "days": sorted(given["days"]), "hours": sorted(given["hours"])}
    at = len(version.bands) if place is None else place
    _store(version, [*version.bands[:at], new, *version.bands[at + 1 :]])
    if band and band["name"] != new["name"]:
        _rules(version, band).update(band=new["name"])
    audit.record(request, "tariff.band", version, before=band or {}, after=new)


def _rules(version: TariffVersion, band: dict[str, Any]) -> Any:
    return version.rules.filter(band=band["name"])


def _store(version: TariffVersion, bands: list[dict[str, Any]]) -> None:
    version.bands = bands
    version.save(update_fields=["bands"])


@roles.may_bill
@require_http_methods(METHODS)
def new(request: HttpRequest, tariff_id: int) -> HttpResponse:
    return _edit(request, draft_of(tariff_id), None)


@roles.may_bill
@require_http_methods(METHODS)
def change(request: HttpRequest, tariff_id: int, place: int) -> HttpResponse:
    """``place``: which of the version's bands, from 0."""
    version = draft_of(tariff_id)
    band = _band(version, place)
    if request.method == "POST" and "remove" in request.POST and band and not _rules(version, band).exists():
        return _remove(request, version, place)
    return _edit(request, version, place)


@transaction.atomic
def _remove(request: HttpRequest, version: TariffVersion, place: int) -> HttpResponse:
    version = locked(version)
    band, form = _band(version, place), _form(version, place, request.POST)
    if band and changed_meanwhile(request, form, version.bands, words=_in_words(band)):
        return _shown(request, version, place, form)
    audit.record(request, "tariff.band", version, before=band, after={})
    _store(version, [*version.bands[:place], *version.bands[place + 1 :]])
    return redirect("console:tariff", version.pk)
