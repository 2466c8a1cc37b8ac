"""A birth date as three numbers, said clearly when it cannot be one."""

import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PARTS = ("year", "month", "day")
EARLIEST_YEAR = 1900


class BirthDateWidget(forms.MultiWidget):
    template_name = "identity/widgets/birth_date.html"
    use_fieldset = True

    def __init__(self) -> None:
        super().__init__(
            widgets={
                part: forms.TextInput(
                    attrs={
                        "autocomplete": f"bday-{part}",
                        "inputmode": "numeric",
                        "class": f"birth-date__{part}",
                    }
                )
                for part in PARTS
            }
        )

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for part, widget in zip(PARTS, context["widget"]["subwidgets"], strict=True):
            widget["part"] = part
        return context

    def decompress(self, value: date | None) -> list[Any]:
        return [value.year, value.month, value.day] if value else [None, None, None]


class BirthDateField(forms.MultiValueField):
    widget = BirthDateWidget

    def __init__(self, **options: Any) -> None:
        digits = gettext_lazy("Please enter your date of birth in digits, for example 1958, 4 and 2.")
        texts = tuple(forms.CharField(max_length=10, error_messages={"max_length": digits}) for _part in PARTS)
        super().__init__(
            fields=texts,
            require_all_fields=True,
            error_messages={"required": gettext_lazy("Please enter your date of birth: year, month and day.")},
            **options,
        )

    def compress(self, data_list: list[str]) -> date | None:
        if not data_list:
            return None
        typed = [unicodedata.normalize("NFKC", part).strip() for part in data_list]
        if not all(part.isascii() and part.isdigit() for part in typed):
            raise ValidationError(_("Please enter your date of birth in digits, for example 1958, 4 and 2."))
        return birth_date(*map(int, typed))


def birth_date(year: int, month: int, day: int) -> date:
    """The date, or a ValidationError that says which part is wrong and why."""
    if year < 100:
        raise ValidationError(_("Please enter the year of birth with all four digits, for example 1958."))
    if not 1 <= month <= 12:
        raise ValidationError(_("Please enter the month of birth as a number from 1 to 12."))
    if not 1 <= day <= 31:
        raise ValidationError(_("Please enter the day of birth as a number from 1 to 31."))
    try:
        born = date(year, month, day)
    except ValueError:
        raise ValidationError(
            _("There is no such day: %(year)s-%(month)s-%(day)s. Please check the date of birth."),
            params={"year": year, "month": month, "day": day},
        ) from None
    if year < EARLIEST_YEAR:
        raise ValidationError(_("Please check the year of birth: it is before 1900."))
    if born > timezone.localdate():
        raise ValidationError(_("This date of birth is in the future. Please check it."))
    return born
