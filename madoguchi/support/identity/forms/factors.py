"""Forms of the pages that set up second factors."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts import passkeys

# An answer of an authenticator without attestation has about 1 kB.
LONGEST_CREDENTIAL = 20_000


class PasskeyNameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the passkey"),
        help_text=gettext_lazy("So that you recognise it later, for example “My smartphone”."),
        max_length=passkeys.NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Please enter a name."),
            "max_length": gettext_lazy("Please use at most %(limit_value)d characters for the name."),
        },
    )

    def clean_name(self) -> Any:
        name = " ".join(self.cleaned_data["name"].split())
        if not name.isprintable():
            raise ValidationError(_("This name contains characters that cannot be seen. Please type it again."))
        return name


class PasskeyForm(PasskeyNameForm):
    """A new passkey: its name, and what the browser got from it."""

    credential = forms.CharField(max_length=LONGEST_CREDENTIAL, required=False, widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    """What a passkey answered to the challenge, as the page's script sends it."""

    credential = forms.CharField(
        max_length=LONGEST_CREDENTIAL,
        widget=forms.HiddenInput,
        error_messages={"required": gettext_lazy("Passkeys need JavaScript. Please choose another way.")},
    )
