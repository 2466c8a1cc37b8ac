"""The forms of phone verification."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.contracts import contact_phone
from madoguchi.contracts.contact_phone import Channel


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("Contact phone number"),
        max_length=40,
        error_messages={"required": _("Enter the contact phone number.")},
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off", "size": 18}),
    )

    def __init__(self, *args: Any, hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].help_text = _("The number ends in %(hint)s. Digits only; hyphens may be left out.") % {
            "hint": hint
        }

    def clean_phone(self) -> str:
        """E.164."""
        phone = contact_phone.normalised(self.cleaned_data["phone"])
        if phone is None:
            raise forms.ValidationError(
                _("Enter a telephone number in Japan: 10 or 11 digits beginning with 0."), code="shape"
            )
        return phone


class MethodForm(forms.Form):
    channel = forms.ChoiceField(
        label=_("How to receive the code"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how to receive the code.")},
    )

    def __init__(self, *args: Any, channels: tuple[Channel, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].initial = channels[0]
        self.fields["channel"].choices = [(channel.value, channel.label) for channel in channels]  # type: ignore[attr-defined]


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Verification code"),
        help_text=_("6 digits"),
        max_length=20,
        error_messages={"required": _("Enter the 6 digits of the code.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}),
    )
    remember = forms.BooleanField(required=False)

    def __init__(self, *args: Any, days: int | None, **kwargs: Any) -> None:
        """``days`` a device is remembered for; None where that is not offered."""
        super().__init__(*args, **kwargs)
        if days is None:
            del self.fields["remember"]
            return
        self.fields["remember"].label = _("Remember this device for %(days)s days") % {"days": days}
        self.fields["remember"].help_text = _("Do not tick this on a device you share with others.")

    def clean_code(self) -> str:
        """Six half-width digits, out of full-width ones and with spaces or hyphens between them."""
        typed = unicodedata.normalize("NFKC", self.cleaned_data["code"])
        code = "".join(typed.replace("-", "").split())
        if not (code.isascii() and code.isdigit()):
            raise forms.ValidationError(_("The code has digits only."), code="digits")
        if len(code) < 6:
            raise forms.ValidationError(_("The code is too short: it has 6 digits."), code="short")
        if len(code) > 6:
            raise forms.ValidationError(_("The code is too long: it has 6 digits."), code="long")
        return code
