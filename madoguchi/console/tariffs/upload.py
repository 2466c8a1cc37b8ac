"""``/console/tariffs/<id>/upload/``: a draft's rules from a CSV file: upload, check, confirm."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from madoguchi.console import audit, roles
from madoguchi.console.tariffs.find import draft_of, locked
from madoguchi.console.tariffs.version import shown_findings
from madoguchi.shell.forms import render_form
from madoguchi.statements.models import TariffVersion
from madoguchi.statements.tariffs import rules_csv, versions
from madoguchi.statements.tariffs.examine import examine_file
from madoguchi.statements.tariffs.findings import Finding, errors
from madoguchi.statements.tariffs.rules_csv import Row

TEMPLATE = "console/tariffs/upload.html"
# What is confirmed comes back as a field of the form, which the framework takes up to 2.5 MB of.
LARGEST = 2_000_000


class UploadForm(forms.Form):
    """The file at first; once checked, its text and what the draft was then."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        help_text=gettext_lazy("With the columns of the file that the version’s page downloads; up to 2 MB."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    content = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "auto_id": "id_%s"})

    def clean(self) -> dict[str, Any]:
        file, content = self.cleaned_data.get("file"), self.cleaned_data.get("content", "")
        if file and file.size > LARGEST:
            raise ValidationError({"file": _("The file is larger than 2 MB. Use the command line for it.")})
        if not file and not content and "file" not in self.errors:
            raise ValidationError({"file": _("Please choose a file.")})
        self.cleaned_data["bytes"] = file.read() if file else content.encode()
        return self.cleaned_data


@roles.may_bill
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, tariff_id: int) -> HttpResponse:
    version = draft_of(tariff_id)
    sent = request.method == "POST"
    form = UploadForm(request.POST if sent else None, request.FILES if sent else None)
    if not (form.is_bound and form.is_valid()):
        return render_form(request, TEMPLATE, form, {"version": version})
    read = rules_csv.read(form.cleaned_data["bytes"])
    findings = examine_file(version, read)
    context = {"version": version, "how_many": len(read.rows), **shown_findings(findings)}
    if wrong := errors(findings):
        return _refused(request, form, context, wrong)
    if "confirm" in request.POST and _stored(request, version, read.rows, seen=form.cleaned_data["seen"]):
        return redirect("console:tariff", version.pk)
    context |= {
        "text": rules_csv.text_of(form.cleaned_data["bytes"]),
        "seen": versions.fingerprint(version),
        "stale": "confirm" in request.POST,
        "difference": difference(version, read.rows),
    }
    return render_form(request, TEMPLATE, form, context)


@transaction.atomic
def _stored(request: HttpRequest, version: TariffVersion, rows: list[Row], *, seen: str) -> bool:
    """Whether the rules took the place of those that were shown; False where somebody changed these meanwhile."""
    if versions.fingerprint(locked(version)) != seen:
        return False
    versions.replace_rules(version, rows)
    audit.record(request, "tariff.rules", version, rules=len(rows))
    return True


def _refused(request: HttpRequest, form: UploadForm, context: dict[str, Any], wrong: list[Finding]) -> HttpResponse:
    said = ngettext(
        "Nothing was stored. The file has %(count)s error, listed below.",
        "Nothing was stored. The file has %(count)s errors, listed below.",
        len(wrong),
    ) % {"count": len(wrong)}
    form.add_error("file", said)
    return render_form(request, TEMPLATE, form, context)


def difference(version: TariffVersion, rows: list[Row]) -> dict[str, int]:
    """How many rules are new, changed, gone and the same, by prefix and band."""
    new = {(row.rule.prefix, row.rule.band): row.rule for row in rows}
    old = {(row.rule.prefix, row.rule.band): row.rule for row in rules_csv.numbered(version.rules.all())}
    both = new.keys() & old.keys()
    changed = sum(new[key] != old[key] for key in both)
    return {"new": len(new) - len(both), "changed": changed, "gone": len(old) - len(both), "same": len(both) - changed}
