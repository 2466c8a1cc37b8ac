"""``/id/profile/``: a form for each thing an ID says of its holder."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts.change_address import came_back
from madoguchi.accounts.models import Account
from madoguchi.shell.address_field import AddressField
from madoguchi.shell.languages import current
from madoguchi.support.identity.forms import time_zones
from madoguchi.support.identity.forms.birth_date import BirthDateField
from madoguchi.support.identity.forms.fields import KanaField


class EmailForm(forms.Form):
    email = AddressField(
        label=gettext_lazy("New email address"),
        help_text=gettext_lazy("We send a link to this address. It becomes your customer ID once you open the link."),
        error_messages={"required": gettext_lazy("Please enter the new email address.")},
    )

    def __init__(self, *args: Any, account: Account, **options: Any) -> None:
        super().__init__(*args, **options)
        self.account = account
        # It is not yet what to log in with: a password manager must not offer the present one.
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def clean_email(self) -> Any:
        email = self.cleaned_data["email"]
        if email == self.account.email and not came_back(self.account):
            raise ValidationError(_("This is your present email address. Please enter another one."))
        return email


class NameForm(forms.Form):
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


class BirthDateForm(forms.Form):
    birth_date = BirthDateField(
        label=gettext_lazy("Date of birth"),
        help_text=gettext_lazy("In the Western calendar, for example 1958, 4 and 2."),
    )


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("Of these pages and of every email we send you."),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Please choose a language."),
            "invalid_choice": gettext_lazy("Please choose one of these languages."),
        },
    )


class TimeZoneForm(forms.Form):
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Of the place you live in. The time beside it is how far its clocks now are from UTC."),
        error_messages={
            "required": gettext_lazy("Please choose a time zone."),
            "invalid_choice": gettext_lazy("Please choose one of the time zones in the list."),
        },
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["time_zone"].choices = time_zones.choices(  # type: ignore[attr-defined]
            language=current(), now=timezone.now()
        )
