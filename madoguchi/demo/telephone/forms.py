"""How a phone of the demo shall behave, as the page and programs say it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.contracts import contact_phone
from madoguchi.demo.telephone.faults import Fault, Kind

KINDS = {
    Kind.NORMAL: _("Normal: it arrives"),
    Kind.BUSY: _("Busy: the line is engaged"),
    Kind.NO_ANSWER: _("Nobody answers; the phone is off"),
    Kind.LATE: _("Late: it arrives after a while"),
    Kind.LOST: _("Lost: it never arrives, and nobody says so"),
    Kind.REFUSED: _("Refused: the phone takes nothing from us"),
}


class FaultForm(forms.Form):
    to = forms.CharField(
        label=_("Telephone number"),
        help_text=_("Leave it empty for all numbers."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "size": 18}),
    )
    fault = forms.ChoiceField(label=_("What happens"), choices=[(kind.value, text) for kind, text in KINDS.items()])
    seconds = forms.IntegerField(
        label=_("Seconds late"),
        help_text=_("Only when it is late."),
        min_value=0,
        max_value=3600,
        required=False,
        widget=forms.NumberInput(attrs={"size": 5}),
    )

    def clean_to(self) -> str:
        """E.164, or empty for all."""
        typed = str(self.cleaned_data["to"]).strip()
        number = contact_phone.normalised(typed)
        if typed and number is None:
            raise forms.ValidationError(
                _("Enter a telephone number in Japan: 10 or 11 digits beginning with 0."), code="shape"
            )
        return number or ""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("fault") == Kind.LATE and "seconds" not in self.errors and not said.get("seconds"):
            self.add_error("seconds", _("Say how many seconds late, from 1 to 3600."))
        return said

    def wanted(self) -> tuple[str, Fault]:
        """The number and its fault, of a valid form."""
        kind = Kind(self.cleaned_data["fault"])
        return self.cleaned_data["to"], Fault(kind, self.cleaned_data["seconds"] or 0 if kind is Kind.LATE else 0)
