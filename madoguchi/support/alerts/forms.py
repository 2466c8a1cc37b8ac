"""The form of what to be told."""

import re
import unicodedata

from django import forms
from django.utils.translation import gettext_lazy as _

MOST = 100_000_000  # yen
_AMOUNT = re.compile(r"[0-9]+(?:,[0-9]{3})*")


class WatchForm(forms.Form):
    budget = forms.CharField(
        label=_("When the call charges of a month pass this amount"),
        help_text=_("In yen, before tax and discounts. Leave it empty not to be told."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 12}),
    )
    new_country = forms.BooleanField(
        label=_("At the first call to a country"),
        help_text=_("One that has not been called for six months."),
        required=False,
    )
    rise = forms.BooleanField(
        label=_("When charges rise suddenly"),
        help_text=_(
            "When a month is more than twice the average of up to three months before it, and by ¥1,000 or more."
        ),
        required=False,
    )

    def clean_budget(self) -> int | None:
        """Whole yen; ``None`` where nothing is to be told."""
        typed = (
            unicodedata.normalize("NFKC", self.cleaned_data["budget"]).strip().lstrip("¥\\").removesuffix("円").strip()
        )
        if not typed:
            return None
        if not _AMOUNT.fullmatch(typed):
            raise forms.ValidationError(_("Enter an amount in whole yen, such as 5,000."), code="shape")
        amount = int(typed.replace(",", ""))
        if not 1 <= amount <= MOST:
            raise forms.ValidationError(_("Enter an amount between ¥1 and ¥100,000,000."), code="range")
        return amount
