"""Which month of a statement."""

from collections.abc import Sequence
from datetime import date

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _


def month_words(month: date) -> str:
    """2026年11月 / November 2026."""
    return date_format(month, "YEAR_MONTH_FORMAT")


class MonthForm(forms.Form):
    """The running month and those before it; without a choice the running one."""

    use_required_attribute = False
    month = forms.ChoiceField(
        label=_("Month to show"),
        error_messages={
            "invalid_choice": _("There is no statement for that month. Choose one of the months in the list."),
        },
    )

    def __init__(self, chosen: str | None, *, months: Sequence[date]) -> None:
        super().__init__({"month": chosen or f"{months[0]:%Y-%m}"})
        self._months = {f"{month:%Y-%m}": month for month in months}
        running, *past = self._months
        self.fields["month"].choices = [  # type: ignore[attr-defined]
            (running, _("%(month)s (so far)") % {"month": month_words(self._months[running])}),
            *((value, month_words(self._months[value])) for value in past),
        ]

    def chosen(self) -> date:
        """First day of the month chosen; only without errors."""
        return self._months[self.cleaned_data["month"]]
