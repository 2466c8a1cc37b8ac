"""The forms of phone verification."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from madoguchi.contracts import contact_phone, customer_number
from madoguchi.contracts.contact_phone import Channel
from madoguchi.support.mypage.refusals import no_way

TELEPHONE = {"type": "tel", "inputmode": "tel", "autocomplete": "off", "size": 18}


class CustomerNumberForm(forms.Form):
    number = forms.CharField(
        label=_("Customer number"),
        help_text=_("N and 9 digits, as on your bill or in your contract papers."),
        max_length=40,
        error_messages={"required": _("Enter the customer number.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "size": 18}),
    )

    def clean_number(self) -> str:
        number = customer_number.normalised(self.cleaned_data["number"])
        if number is None:
            raise forms.ValidationError(_("A customer number is the letter N and 9 digits."), code="shape")
        return number


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("Contact phone number"),
        max_length=40,
        error_messages={"required": _("Enter the contact phone number.")},
        widget=forms.TextInput(attrs=TELEPHONE),
    )

    def __init__(self, *args: Any, hint: str, **kwargs: Any) -> None:
        """``hint``: the last digits, empty where nothing is to be told."""
        super().__init__(*args, **kwargs)
        self.fields["phone"].help_text = (
            _("The number ends in %(hint)s. Digits only; hyphens may be left out.") % {"hint": hint}
            if hint
            else _("Digits only; hyphens may be left out.")
        )

    def clean_phone(self) -> str:
        """E.164."""
        return _telephone(self.cleaned_data["phone"])


class NewPhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("New contact phone number"),
        help_text=_("A mobile, a fixed line or a 050 number in Japan. Digits only; hyphens may be left out."),
        max_length=40,
        error_messages={"required": _("Enter the new contact phone number.")},
        widget=forms.TextInput(attrs=TELEPHONE),
    )
    again = forms.CharField(
        label=_("The same number again"),
        max_length=40,
        error_messages={"required": _("Enter the new number a second time.")},
        widget=forms.TextInput(attrs=TELEPHONE),
    )
    everywhere = forms.BooleanField(required=False)

    def __init__(self, *args: Any, others: int, **kwargs: Any) -> None:
        """``others``: how many more contracts of the customer have the present phone."""
        super().__init__(*args, **kwargs)
        if not contact_phone.accepted(contact_phone.PhoneKind.IP_PHONE):
            self.fields["phone"].help_text = _(
                "A mobile or a fixed line in Japan. Digits only; hyphens may be left out."
            )
        if others:
            self.fields["everywhere"].label = ngettext(
                "Change it for my %(number)s other contract with the present phone too",
                "Change it for my %(number)s other contracts with the present phone too",
                others,
            ) % {"number": others}
        else:
            del self.fields["everywhere"]

    def clean_phone(self) -> str:
        """E.164, of a kind that a code can reach."""
        phone = _telephone(self.cleaned_data["phone"])
        if not contact_phone.channels(phone):
            raise forms.ValidationError(no_way(phone), code="kind")
        return phone

    def clean_again(self) -> str:
        """E.164; as good as the first one, however it is written."""
        phone = _telephone(self.cleaned_data["again"])
        if self.cleaned_data.get("phone") and phone != self.cleaned_data["phone"]:
            raise forms.ValidationError(_("The two numbers are not the same."), code="differs")
        return phone


def _telephone(typed: str) -> str:
    phone = contact_phone.normalised(typed)
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


class CodeInput(forms.TextInput):
    """Shows nothing of what was typed: a code is typed anew, and no page holds one."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Verification code"),
        help_text=_("6 digits"),
        max_length=20,
        error_messages={"required": _("Enter the 6 digits of the code.")},
        widget=CodeInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}),
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
