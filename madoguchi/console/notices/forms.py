"""What staff type about a notice and in a report. A draft may be incomplete: only checking asks for everything."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.catalog.models import Service
from madoguchi.catalog.regions import REGIONS
from madoguchi.notices import lifecycle
from madoguchi.notices.content import NoticeContent, Period, ReportContent
from madoguchi.notices.models import Notice
from madoguchi.notices.publish import Reason
from madoguchi.shell.templatetags.shell import in_language_plain

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CONTRACTS_MOST = 100_000
_LONG = 4000
# Two main periods and two spare ones: what planned work needs; their names say which.
PERIODS = (
    ("main_1", pgettext_lazy("console", "Period"), False),
    ("main_2", _("Second period"), False),
    ("spare_1", _("Spare period"), True),
    ("spare_2", _("Second spare period"), True),
)


def _text(label: "str | _StrPromise", *, rows: int = 0, most: int = _LONG, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    widget.attrs |= {"lang": more.pop("lang")} if "lang" in more else {}
    return forms.CharField(label=label, required=False, max_length=most, widget=widget, **more)


def _this_century(moment: datetime) -> None:
    """The database keeps years that Python cannot read back: one slip would keep every list from being shown."""
    if not 2000 <= moment.year < 2100:
        raise forms.ValidationError(_("Enter a year between 2000 and 2099."))


def _moment(label: "str | _StrPromise", **more: Any) -> forms.DateTimeField:
    """A moment in Japan's time; seconds are not asked for."""
    return forms.DateTimeField(
        label=label,
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Enter a date and a time, such as 2026-11-22 14:05.")},
        validators=[_this_century],
        **more,
    )


def _services() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every service still offered, by category."""
    found = Service.objects.select_related("category").filter(ended_on=None).order_by("category__order", "kana")
    return [
        (in_language_plain(category, "name"), [(service.slug, in_language_plain(service, "name")) for service in group])
        for category, group in groupby(found, key=lambda service: service.category)
    ]


def _regions() -> list[tuple[str, str]]:
    return [(region.code, in_language_plain(region, "name")) for region in REGIONS]


class NoticeFields(forms.Form):
    """What stays for the notice's life."""

    title_ja = _text(_("Title in Japanese"), most=120, lang="ja")
    title_en = _text(_("Title in English"), most=120, lang="en")
    services = forms.MultipleChoiceField(
        label=_("Services"), required=False, choices=_services, widget=forms.CheckboxSelectMultiple
    )
    regions = forms.MultipleChoiceField(
        label=pgettext_lazy("console", "Regions"),
        required=False,
        choices=_regions,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked means everywhere."),
    )
    contract_numbers = forms.CharField(
        label=_("Contract numbers affected"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Separated by line breaks, spaces or commas. None means everybody on the services."),
    )
    external_reference = _text(_("Reference of your own"), most=60)

    def clean_contract_numbers(self) -> tuple[str, ...]:
        found = self.cleaned_data["contract_numbers"].replace(",", " ").replace("、", " ").split()
        if len(found) > CONTRACTS_MOST:
            raise forms.ValidationError(
                _("At most %(most)s contract numbers can be given.") % {"most": f"{CONTRACTS_MOST:,}"}
            )
        if long := next((number for number in found if len(number) > 20), None):
            raise forms.ValidationError(_("“%(number)s” is too long for a contract number.") % {"number": long[:30]})
        return tuple(dict.fromkeys(found))

    def notice_content(self) -> NoticeContent:
        said = self.cleaned_data
        return NoticeContent(
            title_ja=said["title_ja"],
            title_en=said["title_en"],
            services=tuple(Service.objects.filter(slug__in=said["services"])),
            regions=tuple(said["regions"]),
            contract_numbers=said["contract_numbers"],
            external_reference=said["external_reference"],
        )


class ReportFields(forms.Form):
    """What one report says. ``kind`` decides which times are asked for, ``states`` where it may go."""

    state_after = forms.ChoiceField(label=_("State after this report"), widget=forms.RadioSelect)
    body_ja = _text(_("Text in Japanese"), rows=7, lang="ja")
    body_en = _text(_("Text in English"), rows=7, lang="en")
    impact = forms.ChoiceField(label=_("Impact"), choices=Notice.Impact.choices)
    severity = forms.ChoiceField(label=_("Severity"), choices=Notice.Severity.choices)
    started_at = _moment(_("Trouble started at"))
    expected_end = _moment(_("Recovery expected at"))
    ended_at = _moment(_("Recovered at"), help_text=_("Needed once the state is “Recovered”."))
    next_report_due = _moment(_("Next report by"), help_text=_("Left empty: one hour after publication."))
    emergency_calls_ja = _text(_("Emergency calls (110, 118, 119), in Japanese"), rows=2, lang="ja")
    emergency_calls_en = _text(_("Emergency calls (110, 118, 119), in English"), rows=2, lang="en")
    alternatives_ja = _text(_("What to use instead, in Japanese"), rows=2, lang="ja")
    alternatives_en = _text(_("What to use instead, in English"), rows=2, lang="en")
    notify = forms.BooleanField(label=_("Send this report by email"), required=False, initial=True)

    only_trouble = ("started_at", "expected_end", "ended_at", "next_report_due")

    def __init__(self, *args: Any, kind: str, states: Sequence[lifecycle.State], **more: Any) -> None:
        super().__init__(*args, **more)
        self.kind = kind
        self.fields["state_after"].choices = [(state.value, state.label) for state in states]  # type: ignore[attr-defined]
        if kind == lifecycle.Kind.WORK:
            for name in self.only_trouble:
                del self.fields[name]
            for name, label, _spare in PERIODS:
                self.fields[f"{name}_starts"] = _moment(_("%(period)s: from") % {"period": label})
                self.fields[f"{name}_ends"] = _moment(_("%(period)s: until") % {"period": label})

        self._mark("body_ja", "started_at", "main_1_starts", "main_1_ends")

    def _mark(self, *names: str) -> None:
        """Show as needed what a draft may lack and a published report may not (see forms/need.html)."""
        for name in names:
            if name in self.fields:
                self.fields[name].needed = True  # type: ignore[attr-defined]

    def clean(self) -> None:
        for name, _label, _spare in PERIODS if self.kind == lifecycle.Kind.WORK else ():
            starts, ends = self.cleaned_data.get(f"{name}_starts"), self.cleaned_data.get(f"{name}_ends")
            if bool(starts) != bool(ends) and f"{name}_ends" not in self.errors and f"{name}_starts" not in self.errors:
                missing = "ends" if starts else "starts"
                self.add_error(f"{name}_{missing}", _("Enter both the beginning and the end."))
            elif starts and ends and ends <= starts:
                self.add_error(f"{name}_ends", _("The end has to be after the beginning."))

    def report_content(self, *, kept: ReportContent | None = None) -> ReportContent:
        """The report as typed; what this form does not ask for stays as in ``kept``."""
        said = self.cleaned_data
        asked = [name for name in ReportFields.base_fields if name in self.fields]
        rest = {name: getattr(kept, name) for name in self.only_trouble if name not in self.fields} if kept else {}
        return ReportContent(**{name: said[name] for name in asked}, **rest, windows=tuple(self._periods()))

    def _periods(self) -> Iterable[Period]:
        for name, _label, spare in PERIODS if self.kind == lifecycle.Kind.WORK else ():
            starts: datetime | None = self.cleaned_data.get(f"{name}_starts")
            ends: datetime | None = self.cleaned_data.get(f"{name}_ends")
            if starts and ends:
                yield Period(starts_at=starts, ends_at=ends, spare=spare)

    def refuse(self, reasons: Iterable[Reason]) -> None:
        """Put what keeps the report from being published beside the fields it is about."""
        for reason in reasons:
            field = "main_1_starts" if reason.field == "windows" else reason.field
            self.add_error(field if field in self.fields else None, str(reason.message))


class FirstReportForm(NoticeFields, ReportFields):
    """A notice and its first report on one page."""

    # The order of the page, so that the error summary follows it.
    field_order = (
        *("state_after", "impact", "severity", "started_at", "expected_end", "ended_at", "next_report_due"),
        *("main_1_starts", "main_1_ends", "main_2_starts", "main_2_ends"),
        *("spare_1_starts", "spare_1_ends", "spare_2_starts", "spare_2_ends"),
        *("title_ja", "title_en", "body_ja", "body_en"),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.order_fields(self.field_order)
        self._mark("title_ja", "services")


def typed_report(content: ReportContent) -> dict[str, Any]:
    """``content`` as the form's initial values."""
    typed = {name: getattr(content, name) for name in ReportFields.base_fields}
    left = {False: ["main_1", "main_2"], True: ["spare_1", "spare_2"]}
    for period in content.windows:
        if left[period.spare]:
            name = left[period.spare].pop(0)
            typed |= {f"{name}_starts": period.starts_at, f"{name}_ends": period.ends_at}
    return typed


def typed_notice(content: NoticeContent) -> dict[str, Any]:
    return {
        "title_ja": content.title_ja,
        "title_en": content.title_en,
        "services": [service.slug for service in content.services],
        "regions": list(content.regions),
        "contract_numbers": "\n".join(content.contract_numbers),
        "external_reference": content.external_reference,
    }
