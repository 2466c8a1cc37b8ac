"""A2 and A5: what registration asks for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts import passwords
from madoguchi.lib.kana import NotKatakana, katakana_name
from madoguchi.support.identity.forms.birth_date import BirthDateField
from madoguchi.support.identity.forms.fields import AddressField

# The longest any profile allows; the profile's own rule says which it is.
_PASSWORD_LENGTH = 128


def password_field(*, label: Any, autocomplete: str, required: Any) -> forms.CharField:
    return forms.CharField(
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


class RegisterForm(forms.Form):
    email = AddressField(
        label=gettext_lazy("Email address"),
        help_text=gettext_lazy("It becomes your customer ID. We send a link to this address."),
        error_messages={"required": gettext_lazy("Please enter your email address.")},
    )
    password = password_field(
        label=gettext_lazy("Password"),
        autocomplete="new-password",
        required=gettext_lazy("Please choose a password."),
    )
    password_again = password_field(
        label=gettext_lazy("Password, once more"),
        autocomplete="new-password",
        required=gettext_lazy("Please enter the password once more."),
    )
    family_name_kana = KanaField(
        label=gettext_lazy("Family name in katakana"),
        help_text=gettext_lazy(
            "For example ヤマダ. Hiragana and half-width letters are turned into full-width katakana."
        ),
        autocomplete="family-name",
        error_messages={"required": gettext_lazy("Please enter your family name in katakana.")},
    )
    given_name_kana = KanaField(
        label=gettext_lazy("Given name in katakana"),
        help_text=gettext_lazy("For example ハナコ."),
        autocomplete="given-name",
        error_messages={"required": gettext_lazy("Please enter your given name in katakana.")},
    )
    birth_date = BirthDateField(
        label=gettext_lazy("Date of birth"),
        help_text=gettext_lazy("In the Western calendar, for example 1958, 4 and 2."),
    )

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        password = entered.get("password")
        if password:
            self._check_password(password, entered)
        return entered

    def _check_password(self, password: str, entered: dict[str, Any]) -> None:
        names = tuple(entered[name] for name in ("family_name_kana", "given_name_kana") if name in entered)
        try:
            passwords.check(password, passwords.Owner(email=entered.get("email", ""), names=names))
        except ValidationError as errors:
            self.add_error("password", errors)
            return
        if "password_again" in entered and entered["password_again"] != password:
            self.add_error("password_again", _("The two passwords differ. Please enter the same one twice."))


class ActivateForm(forms.Form):
    password = password_field(
        label=gettext_lazy("Password"),
        autocomplete="current-password",
        required=gettext_lazy("Please enter your password."),
    )
