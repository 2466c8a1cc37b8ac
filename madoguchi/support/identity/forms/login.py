import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from madoguchi.accounts import recovery_codes, second_factor
from madoguchi.accounts.models import Account
from madoguchi.shell.address_field import AddressField
from madoguchi.support.identity.forms.fields import half_width, password_field


class PasswordForm(forms.Form):
    password = password_field(
        label=gettext_lazy("Password"),
        autocomplete="current-password",
        required=gettext_lazy("Please enter your password."),
    )


class MailboxPasswordForm(PasswordForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].label = _("Mailbox password")


def _how_long() -> str:
    days = settings.STAY_SIGNED_IN_DAYS
    return ngettext(
        "For %(days)s day. Please do not tick this on a device other people use.",
        "For %(days)s days. Please do not tick this on a device other people use.",
        days,
    ) % {"days": days}


class LoginForm(PasswordForm):
    email = AddressField(
        label=gettext_lazy("Email address"),
        error_messages={"required": gettext_lazy("Please enter your email address.")},
    )
    stay = forms.BooleanField(
        label=gettext_lazy("Stay signed in on this device"), help_text=lazy(_how_long, str)(), required=False
    )

    field_order = ("email", "password", "stay")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # "webauthn": browsers offer passkeys among what they fill in (WebAuthn, 5.1.4).
        self.fields["email"].widget.attrs["autocomplete"] = "username webauthn"


class CodeForm(forms.Form):
    """The code an authenticator shows."""

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


class RecoveryCodeForm(forms.Form):
    recovery_code = forms.CharField(
        label=gettext_lazy("Recovery code"),
        help_text=gettext_lazy("One of the codes you kept when you set this up, for example 3kq2-xm9f-7dw8."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Please enter a recovery code.")},
    )

    def clean_recovery_code(self) -> Any:
        code = recovery_codes.normal(self.cleaned_data["recovery_code"])
        if not code:
            raise ValidationError(_("A recovery code has 12 letters and digits. Please check what you typed."))
        return code


class SecondCodeForm(CodeForm):
    """A second factor that is typed: what the authenticator shows or, in the same field, a recovery code."""

    def __init__(self, *args: Any, account: Account, **options: Any) -> None:
        super().__init__(*args, **options)
        self._one_time = second_factor.has_totp(account)
        self._recovery = recovery_codes.left(account) > 0
        field = self.fields["code"]
        if self._recovery:
            field.label, field.help_text = self._words()
            # As wide as any other field: a recovery code is longer than six digits.
            field.widget.attrs |= {"inputmode": "text", "autocapitalize": "none", "class": ""}
            field.error_messages["required"] = _("Please enter a code.")

    @property
    def is_of_use(self) -> bool:
        """Whether there is any code the account could type."""
        return self._one_time or self._recovery

    def clean_code(self) -> Any:
        if self._recovery and (code := recovery_codes.normal(self.cleaned_data["code"])):
            return code
        if not self._one_time:
            raise ValidationError(_("A recovery code has 12 letters and digits. Please check what you typed."))
        if self._recovery and any(char.isalpha() for char in half_width(self.cleaned_data["code"])):
            raise ValidationError(
                _("This is neither a one-time code (6 digits) nor a recovery code (12 letters and digits).")
            )
        return super().clean_code()

    def _words(self) -> tuple[str, str]:
        if not self._one_time:
            return _("Recovery code"), _("One of the codes you kept when you set this up, for example 3kq2-xm9f-7dw8.")
        return _("One-time code or recovery code"), _(
            "The 6 digits your authenticator shows for this site now, or a recovery code such as 3kq2-xm9f-7dw8."
        )
