"""``/console/imports/new/``: upload a file of usage; a worker checks it then."""

from functools import cache
from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.sending import OneFile, SendingForm
from madoguchi.shell.forms import render_form
from madoguchi.shell.uploads import too_large
from madoguchi.statements.formats import FORMATS
from madoguchi.statements.formats.mapping import WrongMapping, mapping_text, parse_mapping
from madoguchi.statements.imports.receive import MAPPED, Reading, receive
from madoguchi.statements.models import ImportRun
from madoguchi.statements.reasons import wrong_mapping

LARGEST_MAPPING = 64 << 10
SOURCES_OFFERED = 50


def zones() -> list[Any]:
    """The operator's and UTC first."""
    first = list(dict.fromkeys([settings.TIME_ZONE, "UTC"]))
    others = [(name, name) for name in _all_zones() if name not in first]
    return [*((name, name) for name in first), (_("Other zones"), others)]


@cache
def _all_zones() -> list[str]:
    return sorted(available_timezones())  # it reads hundreds of files


def formats() -> list[tuple[str, Any]]:
    """Every format there is, by its registry, and files a mapping describes."""
    known = [(name, form.label or name) for name, form in FORMATS.items()]
    return [("", gettext_lazy("Please choose")), *known, (MAPPED, gettext_lazy("As a mapping file describes"))]


class UploadForm(SendingForm):
    up_to = gettext_lazy("Also packed with gzip or Zstandard; up to %(size)s MB.")
    too_large = gettext_lazy("The file is larger than %(size)s MB. Pack it, or use the command line for it.")

    file = OneFile(label=pgettext_lazy("import", "File"))
    format = forms.ChoiceField(
        label=pgettext_lazy("import", "Format"),
        choices=formats,
        error_messages={"required": gettext_lazy("Please choose the format of the file.")},
    )
    mapping = forms.FileField(
        label=gettext_lazy("Mapping file"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("Only where a mapping describes the file (TOML)."),
        widget=forms.FileInput(attrs={"accept": ".toml"}),
    )
    source = forms.CharField(
        label=pgettext_lazy("import", "Source"),
        max_length=40,
        help_text=gettext_lazy("The switch it comes from, always by the same name: records are unique within it."),
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Please enter the source."),
            "max_length": gettext_lazy("Please enter the source in at most 40 characters."),
        },
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=zones,
        help_text=gettext_lazy("Of times in the file that do not say theirs."),
    )
    mends = forms.ModelChoiceField(ImportRun.objects.all(), required=False, widget=forms.HiddenInput)

    def clean_source(self) -> str:
        source = " ".join(str(self.cleaned_data["source"]).split())
        if not source.isprintable():
            raise ValidationError(_("Please enter the source without control characters."))
        return source

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.cleaned_data["mapping_text"] = self._mapping() if self.cleaned_data.get("format") == MAPPED else ""
        return self.cleaned_data

    def _mapping(self) -> str:
        """The text of the mapping; that of the import this one mends, where none is sent."""
        file, mends = self.cleaned_data.get("mapping"), self.cleaned_data.get("mends")
        if not file:
            if mends and mends.mapping:
                return str(mends.mapping)
            self.add_error("mapping", _("Please choose the mapping file."))
        elif file.size > LARGEST_MAPPING:
            self.add_error("mapping", _("This is no mapping: it is larger than 64 KB."))
        else:
            try:
                text = mapping_text(file.read())
                parse_mapping(text)
            except WrongMapping as error:
                self.add_error("mapping", wrong_mapping(error.reason, error.value))
            else:
                return text
        return ""


def _initial(request: HttpRequest) -> dict[str, Any]:
    """As the import was whose rejected records come back, mended."""
    asked = request.GET.get("mends", "")
    mended = ImportRun.objects.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 10 else None
    if mended is None:
        return {"zone": settings.TIME_ZONE}
    return {"mends": mended, "format": mended.format, "source": mended.source, "zone": mended.zone}


@roles.may_bill
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, left_out=too_large(request))
        if form.is_valid():
            return redirect("console:import", _received(request, form.cleaned_data).pk)
    else:
        form = UploadForm(initial=_initial(request))
    sources = ImportRun.objects.order_by("source").values_list("source", flat=True).distinct()[:SOURCES_OFFERED]
    mended = form["mends"].value()
    return render_form(request, "console/imports/new.html", form, {"sources": sources, "mended": mended})


@transaction.atomic
def _received(request: HttpRequest, sent: dict[str, Any]) -> ImportRun:
    reading = Reading(sent["format"], sent["source"], sent["zone"], sent["mapping_text"], sent["mends"])
    run = receive(sent["file"], reading, by=cast(Account, request.user), now=timezone.now())
    audit.record(request, "import.upload", run, format=run.format, source=run.source, bytes=run.size)
    return run
