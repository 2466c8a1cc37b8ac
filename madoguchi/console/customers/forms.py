from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.lib.addresses import BadAddress, normal_address


class ReasonField(forms.CharField):
    """Why something is done to a customer's ID, for the audit log."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=gettext_lazy("Reason"),
            help_text=gettext_lazy("Recorded in the audit log, for instance the number of the inquiry."),
            min_length=5,
            max_length=300,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            error_messages={
                "required": gettext_lazy("Please say the reason."),
                "min_length": gettext_lazy("Please say the reason in at least 5 characters."),
                "max_length": gettext_lazy("Please say the reason in at most 300 characters."),
            },
            **options,
        )


class FindForm(forms.Form):
    email = forms.CharField(
        label=gettext_lazy("Email address of the customer ID"),
        max_length=400,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": gettext_lazy("Please enter the email address.")},
    )
    reason = ReasonField()

    def clean_email(self) -> str:
        try:
            return normal_address(self.cleaned_data["email"])
        except BadAddress:
            raise ValidationError(_("Please enter an email address in the form name@example.jp.")) from None


class ActForm(forms.Form):
    reason = ReasonField()
