"""Words prepared by day, for a report that is started at night."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.console.notices.forms.fields import text
from madoguchi.notices import lifecycle
from madoguchi.notices.models import Notice, ReportTemplate


class TemplateForm(forms.ModelForm):
    name_ja = text(
        pgettext_lazy("catalogue", "Name in Japanese"),
        most=60,
        lang="ja",
        help_text=_("Staff find it by this name; customers never see it."),
    )
    name_en = text(
        pgettext_lazy("catalogue", "Name in English"),
        most=60,
        lang="en",
        help_text=_("For staff who work in English. Empty: the Japanese name."),
    )
    order = forms.IntegerField(
        label=_("Place in the list"), min_value=0, max_value=999, initial=0, help_text=_("Low numbers come first.")
    )
    state_after = forms.ChoiceField(label=_("State after this report"), widget=forms.RadioSelect)
    impact = forms.ChoiceField(label=_("Impact"), choices=Notice.Impact.choices)
    severity = forms.ChoiceField(label=_("Severity"), choices=Notice.Severity.choices)
    title_ja = text(_("Title in Japanese"), most=120, lang="ja")
    title_en = text(_("Title in English"), most=120, lang="en")
    body_ja = text(_("Text in Japanese"), rows=7, lang="ja")
    body_en = text(_("Text in English"), rows=7, lang="en")
    emergency_calls_ja = text(_("Emergency calls (110, 118, 119), in Japanese"), rows=2, lang="ja")
    emergency_calls_en = text(_("Emergency calls (110, 118, 119), in English"), rows=2, lang="en")
    alternatives_ja = text(_("What to use instead, in Japanese"), rows=2, lang="ja")
    alternatives_en = text(_("What to use instead, in English"), rows=2, lang="en")

    class Meta:
        model = ReportTemplate
        fields = (
            *(
                "name_ja",
                "name_en",
                "order",
                "state_after",
                "impact",
                "severity",
                "title_ja",
                "title_en",
                "body_ja",
                "body_en",
            ),
            *("emergency_calls_ja", "emergency_calls_en", "alternatives_ja", "alternatives_en"),
        )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("name_ja", "body_ja"):
            self.fields[name].required = True
        states = [lifecycle.State(state) for state in lifecycle.MOVES[self.instance.kind]]
        self.fields["state_after"].choices = [  # type: ignore[attr-defined]
            (state.value, state.label) for state in states if state != lifecycle.State.DRAFT
        ]
