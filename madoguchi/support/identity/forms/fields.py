"""Fields the pages of the customer ID share."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.lib.kana import NotKatakana, katakana_name

# The longest any profile allows; the profile's own rule says which it is.
_PASSWORD_LENGTH = 128


# The error code of an address that is a mailbox of the operator's.
OF_MAILBOX = "mailbox"


def only_about_the_mailbox(form: forms.Form) -> None:
    """Where the address is a mailbox, say that alone: whatever else is missing would be typed for nothing."""
    if form.has_error("email", OF_MAILBOX):
        for name in [name for name in form.errors if name != "email"]:
            del form.errors[name]


def half_width(typed: str) -> str:
    """Full-width digits and letters as half-width ones."""
    return unicodedata.normalize("NFKC", typed)


class _PasswordField(forms.CharField):
    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No ``maxlength``: with it a browser cuts a pasted password, and says nothing."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


def password_field(*, label: Any, autocomplete: str, required: Any) -> forms.CharField:
    return _PasswordField(
        label=label,
        max_length=_PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages={
            "required": required,
            "max_length": gettext_lazy("No password is longer than 128 characters."),
        },
    )


class KanaField(forms.CharField):
    def __init__(self, *, autocomplete: str, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"})
        super().__init__(max_length=60, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        try:
            return katakana_name(typed)
        except NotKatakana as error:
            raise ValidationError(
                _("Please write the name in katakana only. These characters cannot be used: %(strange)s"),
                params={"strange": error.strange},
            ) from None
