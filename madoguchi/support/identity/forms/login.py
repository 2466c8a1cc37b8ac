import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from madoguchi.support.identity.forms.fields import AddressField, half_width


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={
            "required": gettext_lazy("Please enter your password."),
            "max_length": gettext_lazy("No password is longer than 128 characters."),
        },
    )


class MailboxPasswordForm(PasswordForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].label = _("Mailbox password")


class LoginForm(PasswordForm):
    email = AddressField(
        label=gettext_lazy("Email address"),
        error_messages={"required": gettext_lazy("Please enter your email address.")},
    )
    stay = forms.BooleanField(label=gettext_lazy("Stay signed in on this device"), required=False)

    field_order = ("email", "password", "stay")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        days = settings.STAY_SIGNED_IN_DAYS
        self.fields["stay"].help_text = ngettext(
            "For %(days)s day. Please do not tick this on a device other people use.",
            "For %(days)s days. Please do not tick this on a device other people use.",
            days,
        ) % {"days": days}


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("One-time code"),
        help_text=gettext_lazy("The 6 digits your authenticator shows for this site now."),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "class": "code"}
        ),
        error_messages={"required": gettext_lazy("Please enter the 6 digits.")},
    )

    def clean_code(self) -> Any:
        code = re.sub(r"[\s-]", "", half_width(self.cleaned_data["code"]))
        if not re.fullmatch(r"[0-9]{6}", code):
            raise ValidationError(_("The code has 6 digits. Please enter digits only."))
        return code
