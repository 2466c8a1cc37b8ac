from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from madoguchi.shell.address_field import AddressField


class ReasonField(forms.CharField):
    """Why something is done, for the audit log; to a customer's ID, if nothing else is said."""

    def __init__(self, **options: Any) -> None:
        inquiry = gettext_lazy("Recorded in the audit log, for instance the number of the inquiry.")
        super().__init__(
            label=gettext_lazy("Reason"),
            help_text=options.pop("help_text", inquiry),
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
    email = AddressField(
        autocomplete="off",
        label=gettext_lazy("Email address of the customer ID"),
        error_messages={"required": gettext_lazy("Please enter the email address.")},
    )
    reason = ReasonField()


class ActForm(forms.Form):
    reason = ReasonField()
