"""``/console/tariffs/compare/``: a real month under two versions, on the page and as CSV."""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.contracts.models import Contract
from madoguchi.shell.forms import render_form
from madoguchi.statements.models import TariffVersion
from madoguchi.statements.rating import month_before
from madoguchi.statements.tariffs.compare import Comparison, compare
from madoguchi.statements.tariffs.money import yen_text

MOST_CHANGED = 50
MONTHS = 24
TEMPLATE = "console/tariffs/compare.html"


class CompareForm(forms.Form):
    first = forms.ModelChoiceField(
        label=gettext_lazy("Version before"),
        queryset=TariffVersion.objects.all(),
        error_messages={"required": gettext_lazy("Please choose a version.")},
    )
    second = forms.ModelChoiceField(
        label=gettext_lazy("Version after"),
        queryset=TariffVersion.objects.all(),
        error_messages={"required": gettext_lazy("Please choose a version.")},
    )
    month = forms.ChoiceField(label=gettext_lazy("Calls of the month"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "auto_id": "id_%s"})
        months = (f"{month_before(timezone.localdate(), months):%Y-%m}" for months in range(MONTHS))
        self.fields["month"].choices = [(month, month) for month in months]  # type: ignore[attr-defined]  # fields are typed as their base

    def clean(self) -> dict[str, Any]:
        first, second = self.cleaned_data.get("first"), self.cleaned_data.get("second")
        if first and second and not set(first.usage_kinds) & set(second.usage_kinds):
            raise ValidationError({"second": _("The two versions are for different kinds of contract.")})
        return self.cleaned_data

    def compared(self) -> Comparison:
        asked = self.cleaned_data
        return compare(asked["first"], asked["second"], month=date.fromisoformat(f"{asked['month']}-01"))


@roles.may_look
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    asked = "first" in request.GET or "second" in request.GET
    last = f"{month_before(timezone.localdate(), 1):%Y-%m}"
    form = CompareForm(request.GET if asked else None, initial={"month": last})
    if not (form.is_bound and form.is_valid()):
        return render_form(request, TEMPLATE, form)
    found = form.compared()
    changed = found.contracts.filter(found.contracts["changed"] > 0).head(MOST_CHANGED).to_dicts()
    named = Contract.objects.in_bulk([row["contract"] for row in changed])
    context = {
        "form": form,
        "asked": form.cleaned_data,
        "kinds": found.kinds.to_dicts(),
        "total": found.total,
        "changed": [{**row, "number": named[row["contract"]].number} for row in changed if row["contract"] in named],
        "contracts": found.contracts.height,
        "contracts_changed": int((found.contracts["changed"] > 0).sum()),
        "unpriced": found.total["unpriced_before"] or found.total["unpriced_after"],
    }
    return render(request, TEMPLATE, context)


@roles.may_look
@require_safe
def download(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Every contract with calls in the month: UTF-8 with a byte order mark, yen before tax."""
    form = CompareForm(request.GET)
    if not form.is_valid():
        return redirect(f"{reverse('console:tariff_compare')}?{request.GET.urlencode()}")
    answer = StreamingHttpResponse(_rows(form.compared()), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="comparison-{form.cleaned_data["month"]}.csv"'
    return answer


def _rows(found: Comparison) -> Iterator[bytes]:
    buffer = StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["contract", "calls", "before_yen", "after_yen", "difference_yen", "calls_changed"])
    yield b"\xef\xbb\xbf" + buffer.getvalue().encode()
    for part in found.contracts.iter_slices(1000):
        numbers = dict(Contract.objects.filter(pk__in=part["contract"].to_list()).values_list("pk", "number"))
        buffer.seek(0)
        buffer.truncate()
        for row in part.iter_rows(named=True):
            money = [yen_text(row[name]) for name in ("before", "after", "difference")]
            writer.writerow([numbers.get(row["contract"], ""), row["calls"], *money, row["changed"]])
        yield buffer.getvalue().encode()
