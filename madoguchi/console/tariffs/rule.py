"""A draft's rules one by one."""

from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from madoguchi.console import audit, roles
from madoguchi.console.tariffs.find import draft_of, locked
from madoguchi.console.tariffs.meanwhile import changed_meanwhile, mark
from madoguchi.console.templatetags.tariffs import tax_words
from madoguchi.shell.forms import render_form
from madoguchi.statements.kinds import KINDS, words
from madoguchi.statements.models import TariffRule, TariffVersion
from madoguchi.statements.rating import EXEMPT, STANDARD, Rule
from madoguchi.statements.tariffs import rules_csv, versions
from madoguchi.statements.tariffs.words import listed

TEMPLATE = "console/tariffs/rule.html"
_NOT_CALLED = {"withheld", "other", "unlisted"}  # what a statement says of lines without a class
METHODS = ["GET", "HEAD", "POST"]


def _text(label: Any, *, longest: int = 20, hint: Any = "", required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, help_text=hint, required=required)


def _codes(named: dict[str, str]) -> str:
    """Codes to write, with what they stand for."""
    return listed(_("%(code)s (%(words)s)") % {"code": code, "words": words} for code, words in named.items())


class RuleForm(forms.Form):
    """The columns of the CSV, read by the same function."""

    prefix = _text(  # type: ignore[assignment]  # named as the column is
        gettext_lazy("Prefix"),
        hint=gettext_lazy("Country code first: 813 for 03, 8190 for 090, 44 for the United Kingdom, 810117 for 117."),
        required=True,
    )
    band = forms.ChoiceField(label=gettext_lazy("Time band"), required=False)
    kind = _text(gettext_lazy("Class of destination"), required=True)
    price_yen = _text(gettext_lazy("Yen a block, before tax"), hint=gettext_lazy("Such as 8 or 17.5."))
    block_seconds = _text(gettext_lazy("Block in seconds"))
    setup_yen = _text(gettext_lazy("Yen a call, before tax"))
    free_seconds = _text(gettext_lazy("Free seconds at the beginning"))
    tax = _text(gettext_lazy("Tax class"), longest=10)
    carried = forms.BooleanField(
        label=gettext_lazy("We carry the call; otherwise another carrier takes and bills it"), required=False
    )

    def __init__(self, *args: Any, version: TariffVersion, rule: TariffRule | None, **options: Any) -> None:
        super().__init__(*args, **{**options, "auto_id": "id_%s"})
        self.version, self.rule = version, rule
        self.fields["kind"].help_text = _codes({code: words(code) for code in KINDS if code not in _NOT_CALLED})
        self.fields["tax"].help_text = _codes({code: tax_words(code) for code in (STANDARD, EXEMPT)})
        self.read: Rule | None = None
        names = [(band["name"], band["name"]) for band in version.bands]
        self.fields["band"].choices = [("", gettext_lazy("At any time")), *names]  # type: ignore[attr-defined]  # typed as their base

    def clean(self) -> dict[str, Any]:
        cells = {column: str(self.cleaned_data.get(column, "")) for column in rules_csv.COLUMNS}
        cells["carried"] = "yes" if self.cleaned_data.get("carried") else "no"
        self.read, findings = rules_csv.rule_of(cells)
        for found in findings:
            column = str(found.args["column"])
            if column not in self.errors:
                self.add_error(column, found.words())
        if self.read and self._others().filter(prefix=self.read.prefix, band=self.read.band).exists():
            self.refuse_again()
        return self.cleaned_data

    def refuse_again(self) -> None:
        self.add_error("prefix", _("There is a rule for this prefix and time band already."))

    def _others(self) -> Any:
        return self.version.rules.exclude(pk=self.rule.pk) if self.rule else self.version.rules.all()


def _edit(request: HttpRequest, version: TariffVersion, rule: TariffRule | None) -> HttpResponse:
    begin = rules_csv.cells_of(rule or Rule("", "", block_seconds=60))
    initial = {**begin, "carried": begin["carried"] == "yes"}
    form = RuleForm(request.POST if request.method == "POST" else None, version=version, rule=rule, initial=initial)
    if form.is_bound and form.is_valid() and form.read:
        try:
            with transaction.atomic():
                locked(version)
                if not (rule and _changed(request, form, rule)):
                    _save(request, version, rule, form.read)
        except IntegrityError:  # somebody else stored it at this very moment
            form.refuse_again()
        if not form.errors:
            # Back to the rule among its neighbours: in a long list it would be pages away from the top.
            at = urlencode({"q": form.read.prefix})
            return redirect(f"{reverse('console:tariff', args=[version.pk])}?{at}#rules")
    return _shown(request, version, rule, form)


def _shown(request: HttpRequest, version: TariffVersion, rule: TariffRule | None, form: RuleForm) -> HttpResponse:
    return render_form(
        request, TEMPLATE, form, {"version": version, "rule": rule, "seen": mark(_line(rule)) if rule else ""}
    )


def _line(rule: TariffRule | Rule) -> str:
    return ",".join(rules_csv.cells_of(rule).values())


def _changed(request: HttpRequest, form: RuleForm, rule: TariffRule) -> bool:
    """Whether somebody else changed it since it was shown; 404 where it was deleted."""
    try:
        rule.refresh_from_db()
    except TariffRule.DoesNotExist:
        raise Http404 from None
    return changed_meanwhile(request, form, _line(rule), words=_line(rule))


def _save(request: HttpRequest, version: TariffVersion, rule: TariffRule | None, read: Rule) -> None:
    before = _line(rule) if rule else ""
    saved = rule or TariffRule(version=version)
    for name, value in versions.values_of(read).items():
        setattr(saved, name, value)
    saved.save()
    audit.record(request, "tariff.rule", version, before=before, after=_line(saved))


@roles.may_bill
@require_http_methods(METHODS)
def new(request: HttpRequest, tariff_id: int) -> HttpResponse:
    return _edit(request, draft_of(tariff_id), None)


@roles.may_bill
@require_http_methods(METHODS)
def change(request: HttpRequest, tariff_id: int, rule_id: int) -> HttpResponse:
    version = draft_of(tariff_id)
    rule = get_object_or_404(version.rules, pk=rule_id)
    if request.method == "POST" and "remove" in request.POST:
        form = RuleForm(request.POST, version=version, rule=rule)
        with transaction.atomic():
            locked(version)
            if _changed(request, form, rule):
                return _shown(request, version, rule, form)
            audit.record(request, "tariff.rule", version, before=_line(rule), after="")
            rule.delete()
        return redirect("console:tariff", version.pk)
    return _edit(request, version, rule)
