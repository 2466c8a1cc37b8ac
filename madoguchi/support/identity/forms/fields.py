"""Fields the pages of the customer ID share."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from madoguchi.lib.addresses import BadAddress, normal_address


class AddressField(forms.CharField):
    """A mail address, brought to its one spelling. No e-mail keyboard check by the browser: ours says what is wrong."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(
            attrs={
                "autocomplete": "username",
                "inputmode": "email",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        )
        super().__init__(widget=widget, **options)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return typed
        try:
            return normal_address(typed)
        except BadAddress as bad:
            raise ValidationError(_told(bad)) from None


def _told(bad: BadAddress) -> str:
    if bad.why == "length":
        return _("This email address is too long. An address has at most 254 characters, 64 of them before the @.")
    if bad.why == "characters":
        return _("This email address contains characters that cannot be seen. Please type it again.")
    return _("Please enter an email address in the form name@example.jp.")


def half_width(typed: str) -> str:
    """Full-width digits and letters as half-width ones."""
    return unicodedata.normalize("NFKC", typed)
