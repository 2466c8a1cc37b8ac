"""Which month of bills, and of which contracts."""

from collections.abc import Mapping, Sequence
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.support.charges.forms import month_words


class BillsForm(forms.Form):
    """Without a choice the newest month that is billed, else the running one."""

    use_required_attribute = False
    month = forms.ChoiceField(
        label=_("Month to show"),
        error_messages={"invalid_choice": _("There are no bills of that month. Choose one of the months in the list.")},
    )
    q = forms.CharField(
        label=_("Contract number, service or plan"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"max_length": _("Please use at most 60 characters.")},
    )

    def __init__(self, sent: Mapping[str, str], *, months: Sequence[date], so_far: Sequence[date]) -> None:
        first = months[0] if months else so_far[0]
        super().__init__({"month": sent.get("month") or f"{first:%Y-%m}", "q": sent.get("q", "")})
        self._months = {f"{month:%Y-%m}": month for month in (*so_far, *months)}
        self.fields["month"].choices = [  # type: ignore[attr-defined]
            *((f"{month:%Y-%m}", _("%(month)s (so far)") % {"month": month_words(month)}) for month in so_far),
            *((f"{month:%Y-%m}", month_words(month)) for month in months),
        ]

    def clean_q(self) -> str:
        return str(self.cleaned_data["q"]).replace("\0", "")

    def chosen(self) -> date:
        """First day of the month chosen; only without errors."""
        return self._months[self.cleaned_data["month"]]
