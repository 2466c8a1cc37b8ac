from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.contracts import contact_phone, customer_number
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
    """By the address of a customer ID, or by what stands on a bill; one of the two."""

    email = AddressField(
        autocomplete="off",
        required=False,
        label=gettext_lazy("Email address of the customer ID"),
    )
    customer = forms.CharField(
        required=False,
        max_length=40,
        label=gettext_lazy("Or the customer number or a telephone number"),
        help_text=gettext_lazy("N and 9 digits; or the contact phone, or a number of a contract."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 20}),
        error_messages={"max_length": gettext_lazy("Please use at most 40 characters.")},
    )
    reason = ReasonField()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "email" in self.errors or "customer" in self.errors:
            return cleaned
        if bool(cleaned.get("email")) == bool(cleaned.get("customer")):
            self.add_error("email", _("Please enter the email address, or the number below."))
        elif typed := cleaned.get("customer"):
            number, phone = customer_number.normalised(typed), contact_phone.normalised(typed)
            if not (number or phone):
                self.add_error("customer", _("This is neither a customer number nor a telephone number."))
            cleaned |= {"number": number or "", "phone": phone or ""}
        return cleaned


class ActForm(forms.Form):
    reason = ReasonField()
