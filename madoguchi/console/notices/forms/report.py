"""What one report says."""

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.console.notices.forms import periods
from madoguchi.console.notices.forms.fields import StateField, moment, text
from madoguchi.notices import lifecycle
from madoguchi.notices.content import ReportContent
from madoguchi.notices.models import Notice
from madoguchi.notices.publish import Reason

ONLY_TROUBLE = ("started_at", "expected_end", "ended_at", "next_report_in", "next_report_due")
ONLY_WORK = ("starts_itself", "notify_start", "ends_itself", "notify_end", "remind_hours")
# Minutes until the next report, for who has no hand free for a clock.
SOON = ((30, _("In 30 minutes")), (60, _("In one hour")), (120, _("In two hours")), (240, _("In four hours")))
REMINDERS = (
    (168, _("One week before")),
    (72, _("Three days before")),
    (24, _("The day before")),
    (2, _("Two hours before")),
)
_CONTENT = [field.name for field in dataclasses.fields(ReportContent)]


def _tick(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class Said(forms.Form):
    """What every form of a report has: the state after it and the text. ``states`` are those that may follow."""

    state_after = StateField(label=_("State after this report"), widget=forms.RadioSelect)
    body_ja = text(_("Text in Japanese"), rows=7, lang="ja")
    body_en = text(_("Text in English"), rows=7, lang="en")
    ended_at = moment(_("Recovered at"), help_text=_("Needed once the state is “Recovered”."))
    next_report_in = forms.TypedChoiceField(
        label=_("Next report"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("At the time given below")), *SOON],
    )
    next_report_due = moment(_("Next report by"), help_text=_("Left empty: one hour after publication."))
    # Of the draft as it was opened: see write.StaleDraft.
    revision = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    notify = forms.BooleanField(label=_("Send this report by email"), required=False, initial=True)

    def __init__(self, *args: Any, kind: str, before: str, states: Sequence[lifecycle.State], **more: Any) -> None:
        super().__init__(*args, **more)
        self.kind, self.before, self.states = kind, before, states
        state = self.fields["state_after"]
        state.before = lifecycle.State(before)  # type: ignore[attr-defined]
        state.choices = [(state.value, state.label) for state in states]  # type: ignore[attr-defined]
        for name in ONLY_TROUBLE if kind == lifecycle.Kind.WORK else ONLY_WORK:
            self.fields.pop(name, None)
        self.mark("body_ja")

    def mark(self, *names: str) -> None:
        """Show as needed what a draft may lack and a published report may not (see forms/need.html)."""
        for name in names:
            if name in self.fields:
                self.fields[name].needed = True  # type: ignore[attr-defined]

    def clean(self) -> None:
        if minutes := self.cleaned_data.get("next_report_in"):
            due = timezone.now() + timedelta(minutes=minutes)
            self.cleaned_data["next_report_due"] = due.replace(second=0, microsecond=0)

    def report_content(self, *, kept: ReportContent | None = None) -> ReportContent:
        """The report as typed; what this form does not ask for stays as in ``kept``."""
        said = {name: self.cleaned_data[name] for name in _CONTENT if name in self.fields}
        rest = {name: getattr(kept, name) for name in _CONTENT if name not in said} if kept else {}
        return ReportContent(**{**rest, **said})

    def now_at(self, revision: int) -> None:
        """The draft was saved, by this press or by somebody else: what is sent next changes it as it stands now."""
        data = cast(QueryDict, self.data).copy()
        data["revision"] = str(revision)
        self.data = data

    def refuse(self, reasons: Iterable[Reason]) -> None:
        """Put what keeps the report from being published beside the fields it is about."""
        for reason in reasons:
            field = "main_1_starts" if reason.field == "windows" else reason.field
            self.add_error(field if field in self.fields else None, str(reason.message))


class ReportForm(Said):
    """A further report in full. ``kind`` decides which times are asked for, ``places`` how many periods."""

    impact = forms.ChoiceField(label=_("Impact"), choices=Notice.Impact.choices)
    severity = forms.ChoiceField(label=_("Severity"), choices=Notice.Severity.choices)
    started_at = moment(_("Trouble started at"))
    expected_end = moment(_("Recovery expected at"))
    emergency_calls_ja = text(_("Emergency calls (110, 118, 119), in Japanese"), rows=2, lang="ja")
    emergency_calls_en = text(_("Emergency calls (110, 118, 119), in English"), rows=2, lang="en")
    alternatives_ja = text(_("What to use instead, in Japanese"), rows=2, lang="ja")
    alternatives_en = text(_("What to use instead, in English"), rows=2, lang="en")

    starts_itself = _tick(_("Report “In progress” by itself when the first period begins"))
    notify_start = _tick(_("Email that report"))
    ends_itself = _tick(_("Report “Completed” by itself when the last period ends"))
    notify_end = _tick(_("Email that report"))
    remind_hours = forms.TypedMultipleChoiceField(
        label=_("Reminders by email"),
        required=False,
        coerce=int,
        empty_value=[],
        choices=REMINDERS,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("To those who got the notice, before the first period begins."),
    )

    # The order of the page, so that the error summary follows it.
    field_order = (
        *("state_after", "impact", "severity"),
        *("started_at", "expected_end", "ended_at", "next_report_in", "next_report_due"),
        *(f"{name}_{end}" for name, _spare in periods.Places(periods.MOST, periods.MOST).names for end in periods.ENDS),
        *("title_ja", "title_en", "body_ja", "body_en"),
    )

    def __init__(self, *args: Any, places: periods.Places | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.places = places or periods.Places.for_([*self.data, *self.initial])
        if self.kind == lifecycle.Kind.WORK:
            periods.add_fields(self, self.places)
        self.order_fields(self.field_order)
        self.mark("started_at", "main_1_starts", "main_1_ends")

    @property
    def periods(self) -> list[tuple[str, Any, Any]]:
        """The fields of each period: its name, from, until."""
        return [(name, self[f"{name}_starts"], self[f"{name}_ends"]) for name, _spare in self.places.names]

    def clean(self) -> None:
        super().clean()
        if self.kind == lifecycle.Kind.WORK:
            periods.check(self, self.places)

    def report_content(self, *, kept: ReportContent | None = None) -> ReportContent:
        windows = tuple(periods.given(self.cleaned_data, self.places)) if self.kind == lifecycle.Kind.WORK else ()
        return dataclasses.replace(super().report_content(kept=kept), windows=windows)
