"""Passwords being forgotten, changed and chosen anew."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts import mailbox, passwords
from madoguchi.shell.address_field import AddressField
from madoguchi.support.identity.forms.birth_date import BirthDateField
from madoguchi.support.identity.forms.fields import (
    OF_MAILBOX,
    KanaField,
    half_width,
    only_about_the_mailbox,
    password_field,
)


def check_pair(form: forms.Form, owner: passwords.Owner, *, second_factor: bool = False) -> None:
    """Say beside the fields ``password`` and ``password_again`` what is wrong with the password being chosen."""
    password = form.cleaned_data.get("password")
    if not password:
        return
    try:
        passwords.check(password, owner, second_factor=second_factor)
    except ValidationError as errors:
        form.add_error("password", errors)
        return
    if form.cleaned_data.get("password_again", password) != password:
        form.add_error("password_again", _("The two passwords differ. Please enter the same one twice."))


class AskAddressForm(forms.Form):
    """The strict profile: the address alone; what is known about a person proves nothing (ASVS 5.0, 6.4.2)."""

    email = AddressField(
        label=gettext_lazy("Email address"),
        help_text=gettext_lazy("The one you log in with."),
        error_messages={"required": gettext_lazy("Please enter your email address.")},
    )

    def clean_email(self) -> Any:
        """By the domain alone: it tells nobody whether there is an ID."""
        email = self.cleaned_data["email"]
        if mailbox.is_ours(email):
            raise ValidationError(
                _(
                    "This is a mailbox of ours: its mailbox password logs you in. "
                    "Please change it where you got the mailbox."
                ),
                code=OF_MAILBOX,
            )
        return email

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        only_about_the_mailbox(self)
        return entered


class AskForm(AskAddressForm):
    """The classic profile: name and date of birth beside the address."""

    family_name_kana = KanaField(
        label=gettext_lazy("Family name in katakana"),
        help_text=gettext_lazy("As you registered it."),
        autocomplete="family-name",
        error_messages={"required": gettext_lazy("Please enter your family name in katakana.")},
    )
    given_name_kana = KanaField(
        label=gettext_lazy("Given name in katakana"),
        autocomplete="given-name",
        error_messages={"required": gettext_lazy("Please enter your given name in katakana.")},
    )
    birth_date = BirthDateField(
        label=gettext_lazy("Date of birth"),
        help_text=gettext_lazy("As you registered it, in the Western calendar, for example 1958, 4 and 2."),
    )


class NewPasswordForm(forms.Form):
    """A password twice. ``owner`` is whose it will be."""

    password = password_field(
        label=gettext_lazy("New password"),
        autocomplete="new-password",
        required=gettext_lazy("Please choose a password."),
    )
    password_again = password_field(
        label=gettext_lazy("New password, once more"),
        autocomplete="new-password",
        required=gettext_lazy("Please enter the password once more."),
    )

    def __init__(self, *args: Any, owner: passwords.Owner, second_factor: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.owner, self.second_factor = owner, second_factor

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        check_pair(self, self.owner, second_factor=self.second_factor)
        return entered


class ResetWithCodeForm(NewPasswordForm):
    """The strict profile asks for the second factor beside the link."""

    code = forms.CharField(
        label=gettext_lazy("One-time code"),
        help_text=gettext_lazy("What your authenticator shows for this site now, or one of your recovery codes."),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "text",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": gettext_lazy("Please enter the one-time code.")},
    )
    field_order = ("code", "password", "password_again")

    def clean_code(self) -> str:
        return re.sub(r"[\s-]", "", half_width(self.cleaned_data["code"]))


class ChangeForm(NewPasswordForm):
    old = password_field(
        label=gettext_lazy("Present password"),
        autocomplete="current-password",
        required=gettext_lazy("Please enter your present password."),
    )
    field_order = ("old", "password", "password_again")

    def clean(self) -> dict[str, Any]:
        entered = super().clean()
        if entered.get("password") and entered["password"] == entered.get("old"):
            self.add_error("password", _("This is your present password. Please choose another one."))
        return entered
