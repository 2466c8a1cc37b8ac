"""The form of what to be told."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.statements.usage.amounts import exact_words
from madoguchi.support.alerts.offers import Offer

MOST = 100_000_000  # yen
_AMOUNT = re.compile(r"[0-9]+(?:,[0-9]{3})*")


class WatchForm(forms.Form):
    budget = forms.CharField(
        label=_("When a month's total passes this amount"),
        help_text=_("In yen, with tax, as My page shows the charges so far. Leave it empty not to be told."),
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
    data_used = forms.BooleanField(label=_("When the data of the plan is nearly or wholly used"), required=False)

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(offer.fields()):
            del self.fields[name]
        if offer.of_number:
            self.fields["budget"].label = _("When the number's charges of a month pass this amount")
            self.fields["budget"].help_text = _(
                "In yen, before discounts, fees and tax, which are settled for the whole contract. Leave it empty not "
                "to be told."
            )
        if offer.messages:
            self.fields["new_country"].label = _("At the first call or message to a country")
            self.fields["new_country"].help_text = _("One that has had neither for six months.")
        if offer.included is not None:
            self.fields["data_used"].help_text = _("When 80%% and when all of the month's %(amount)s are used.") % {
                "amount": exact_words(offer.included)
            }

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
