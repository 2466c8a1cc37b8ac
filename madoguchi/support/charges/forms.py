"""Which month of a statement."""

from collections.abc import Mapping, Sequence
from datetime import date

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def month_words(month: date) -> str:
    """2026年11月 / November 2026."""
    return date_format(month, "YEAR_MONTH_FORMAT")


class MonthForm(forms.Form):
    """The running month and those before it; without a choice the running one."""

    use_required_attribute = False
    month = forms.ChoiceField(
        label=pgettext_lazy("charges", "Month"),
        required=False,
        error_messages={
            "invalid_choice": _("There is no statement for that month. Choose one of the months in the list."),
        },
    )

    def __init__(self, data: Mapping[str, str] | None, *, months: Sequence[date]) -> None:
        super().__init__(data)
        self._months = {f"{month:%Y-%m}": month for month in months}
        running, *past = self._months
        self.fields["month"].choices = [  # type: ignore[attr-defined]
            (running, _("%(month)s (so far)") % {"month": month_words(self._months[running])}),
            *((value, month_words(self._months[value])) for value in past),
        ]

    def chosen(self) -> date:
        """First day of the month chosen; only without errors."""
        value = self.cleaned_data.get("month") if self.is_bound else ""
        return self._months[value] if value else next(iter(self._months.values()))
