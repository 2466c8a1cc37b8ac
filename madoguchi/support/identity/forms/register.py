"""A2 and A5: what registration asks for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts import mailbox
from madoguchi.accounts.passwords import Owner
from madoguchi.shell.address_field import AddressField
from madoguchi.support.identity.forms.birth_date import BirthDateField
from madoguchi.support.identity.forms.fields import (
    OF_MAILBOX,
    KanaField,
    only_about_the_mailbox,
    password_field,
)
from madoguchi.support.identity.forms.password import check_pair


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

    def clean_email(self) -> Any:
        email = self.cleaned_data["email"]
        if mailbox.is_ours(email):
            raise ValidationError(
                _("This is a mailbox of ours and needs no registration. Log in with it and its mailbox password."),
                code=OF_MAILBOX,
            )
        return email

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        names = tuple(entered[name] for name in ("family_name_kana", "given_name_kana") if name in entered)
        check_pair(self, Owner(email=entered.get("email", ""), names=names))
        only_about_the_mailbox(self)
        return entered


class ActivateForm(forms.Form):
    password = password_field(
        label=gettext_lazy("Password"),
        autocomplete="current-password",
        required=gettext_lazy("Please enter your password."),
    )
