"""``/console/tariffs/<id>/``: a version, its rules to search, and everything odd about it."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.console.tariffs.find import version_of
from madoguchi.statements.kinds import words
from madoguchi.statements.models import TariffRule, TariffVersion
from madoguchi.statements.tariffs import plan, rules_csv, versions

A_PAGE = 100
SHOWN = 100  # findings on the page; the rest by the command line


class Filter(forms.Form):
    q = forms.CharField(label=_("Prefix or country"), required=False, max_length=60)
    kind = forms.CharField(label=_("Class"), required=False, max_length=20, widget=forms.Select)

    def __init__(self, *args: Any, version: TariffVersion, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = version.rules.order_by("kind").values_list("kind", flat=True).distinct()
        select = self.fields["kind"].widget
        select.choices = [("", _("All")), *((kind, words(kind)) for kind in kinds)]

    def chosen(self, rules: QuerySet[TariffRule]) -> QuerySet[TariffRule]:
        self.full_clean()
        if kind := self.cleaned_data.get("kind"):
            rules = rules.filter(kind=kind)
        if text := self.cleaned_data.get("q", ""):
            found = Q(pk=None)
            for prefix in plan.prefixes_meant(text):
                found |= Q(prefix__startswith=prefix)
            rules = rules.filter(found)
        return rules


@roles.may_look
@require_safe
def show(request: HttpRequest, tariff_id: int) -> HttpResponse:
    version = version_of(tariff_id)
    wanted = Filter(request.GET, version=version, auto_id="filter_%s")
    rules = wanted.chosen(version.rules.order_by("prefix", "band"))
    page_obj = Paginator(rules, A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "version": version,
        "state": versions.states(TariffVersion.objects.all(), timezone.localdate())[version.pk],
        "frozen": not version.is_draft and versions.used(version),
        "filter": wanted,
        "page_obj": page_obj,
        "rows": [(rule, plan.where(rule.prefix)) for rule in page_obj],
        "filtered": any(wanted.cleaned_data.values()),
        "can_bill": roles.can_bill(request),
    }
    # Who leafs through the rules or searches them need not wait for all of them to be looked at.
    if "check" in request.GET or (version.is_draft and not request.GET):
        context |= shown_findings(versions.looked_at(version))
    return render(request, "console/tariffs/version.html", context)


def shown_findings(findings: list[Any]) -> dict[str, Any]:
    """For ``findings.html``."""
    return {"findings": findings[:SHOWN], "more_findings": len(findings[SHOWN:]), "checked": True}


@roles.may_look
@require_safe
def download(request: HttpRequest, tariff_id: int) -> StreamingHttpResponse:
    """The rules as CSV, in UTF-8 with a byte order mark, as spreadsheets want it."""
    version = version_of(tariff_id)
    lines = (text.encode() for text in rules_csv.written(version.rules.all()))
    answer = StreamingHttpResponse(_marked(lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="tariff-{version.pk}-{version.valid_from}.csv"'
    return answer


def _marked(lines: Any) -> Any:
    yield b"\xef\xbb\xbf"
    yield from lines
