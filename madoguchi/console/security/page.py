"""``/console/security/``: which requirements of the standards this installation meets, computed at each look."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.console.security.assessment import Finding, assess
from madoguchi.console.security.requirement import Met, Standard, counts

_ANY = ("", _("All"))
WORDS = {Met.YES: _("Met"), Met.PARTLY: _("Partly met"), Met.NO: _("Not met")}


class Filter(forms.Form):
    standard = forms.ChoiceField(
        label=_("Standard"), required=False, choices=[_ANY, *((one.value, one.label) for one in Standard)]
    )
    level = forms.ChoiceField(
        label=_("Level"),
        required=False,
        choices=[_ANY, ("1", "ASVS 1"), ("2", "ASVS 2"), ("3", "ASVS 3"), ("SHALL", "SHALL"), ("SHOULD", "SHOULD")],
    )
    met = forms.ChoiceField(
        label=pgettext_lazy("requirement", "Verdict"), required=False, choices=[_ANY, *WORDS.items()]
    )

    def wants(self, finding: Finding) -> bool:
        chosen = self.cleaned_data if self.is_valid() else {}
        said = {"standard": finding.requirement.standard, "level": finding.requirement.level, "met": finding.met}
        return all(said[name] == value for name, value in chosen.items() if value)


@roles.administrators
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    findings = assess()
    wanted = Filter(request.GET, auto_id="filter_%s")
    number = counts(finding.met for finding in findings)
    context = {
        "filter": wanted,
        "total": len(findings),
        "summary": [(met.value, WORDS[met], number[met]) for met in Met],
        "findings": [(finding, WORDS[finding.met]) for finding in findings if wanted.wants(finding)],
    }
    return render(request, "console/security/page.html", context)
