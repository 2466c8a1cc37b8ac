"""What is entered for the price of a message, and for what a plan includes of data; amounts with their unit."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from madoguchi.catalog.models import Service
from madoguchi.console.tariffs.dated_forms import DatedForm, YenField, name_field, word_field
from madoguchi.shell.templatetags.shell import in_language_plain
from madoguchi.statements.models import DataAllowance, MessagePrice
from madoguchi.statements.rating import STANDARD
from madoguchi.statements.tariffs.money import yen_text
from madoguchi.statements.usage.amounts import NotAnAmount, bytes_of, exact_words

LARGEST = 10**15  # bytes


class BytesField(forms.CharField):
    """``20 GB`` → bytes."""

    def __init__(self, **options: Any) -> None:
        missing = {"required": gettext_lazy("Please enter the amount of data.")}
        super().__init__(max_length=30, error_messages=missing, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = bytes_of(text.replace(",", ""))
        except NotAnAmount:
            raise ValidationError(_("Write an amount with its unit, such as 20 GB, 500 MB or 1.5 GiB.")) from None
        if amount > LARGEST:
            raise ValidationError(_("Please enter 1,000 TB or less."))
        return amount


class _ServiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return in_language_plain(obj, "name")


class MessageForm(DatedForm):
    prefix = forms.RegexField(  # type: ignore[assignment]  # a declared field is not the class's attribute
        r"^[0-9]{1,15}\Z",
        label=gettext_lazy("Numbers that begin with"),
        help_text=gettext_lazy("With the country code: 81 for Japan, 1 for North America. The longest wins."),
        max_length=15,
        error_messages={
            "required": gettext_lazy("Please enter the prefix."),
            "invalid": gettext_lazy("Write digits only, with the country code and without a plus sign."),
        },
    )
    kind = word_field(
        gettext_lazy("Class of destination"), longest=20, hint=gettext_lazy("Such as mobile or international.")
    )
    price = YenField(label=gettext_lazy("Yen for each part of a message, before tax"))
    tax = word_field(gettext_lazy("Tax class"), longest=10)
    same = ("prefix",)
    model = MessagePrice

    @classmethod
    def usual(cls) -> dict[str, Any]:
        return {"tax": STANDARD}

    @classmethod
    def of(cls, row: Any) -> dict[str, Any]:
        found = {name: getattr(row, name) for name in ("prefix", "kind", "valid_from", "tax")}
        return {**found, "price": yen_text(row.price)}


class AllowanceForm(DatedForm):
    name_ja = name_field(pgettext_lazy("tariff", "Name in Japanese"))
    name_en = name_field(pgettext_lazy("tariff", "Name in English"))
    service = _ServiceField(
        label=gettext_lazy("Service"),
        queryset=Service.objects.all(),
        empty_label=gettext_lazy("Please choose"),
        error_messages={"required": gettext_lazy("Please choose the service.")},
    )
    plan = forms.CharField(
        label=gettext_lazy("Plan"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("As contracts name it. Empty: every plan of the service that has no row of its own."),
    )
    included = BytesField(
        label=gettext_lazy("Included in a month"),
        required=False,
        help_text=gettext_lazy("Such as 20 GB; 0 B is none. Empty: without a limit."),
    )
    block = BytesField(label=gettext_lazy("Block beyond it"), help_text=gettext_lazy("Such as 1 GB."))
    price = YenField(label=gettext_lazy("Yen for each block begun, before tax"))
    tax = word_field(gettext_lazy("Tax class"), longest=10)
    same = ("service", "plan")
    model = DataAllowance

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["service"].queryset = Service.objects.by_name()  # type: ignore[attr-defined]

    @classmethod
    def usual(cls) -> dict[str, Any]:
        return {"block": "1 GB", "price": "0", "tax": STANDARD}

    @classmethod
    def of(cls, row: Any) -> dict[str, Any]:
        found = {name: getattr(row, name) for name in ("name_ja", "name_en", "plan", "valid_from", "tax")}
        included = "" if row.included is None else exact_words(row.included)
        amounts = {"included": included, "block": exact_words(row.block), "price": yen_text(row.price)}
        return {**found, **amounts, "service": row.service_id}

    @classmethod
    def stays(cls, row: Any, *, this_month: date) -> bool:
        """One that has begun too: without it there may be data that nothing is said about."""
        return bool(row.valid_from <= this_month)

    def clean_block(self) -> int:
        block: int = self.cleaned_data["block"]
        if block < 1:
            raise ValidationError(_("A block has at least one byte."))
        return block
