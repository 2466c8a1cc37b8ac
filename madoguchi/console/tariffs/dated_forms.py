"""What is entered for a discount, a fee or a tax rate; money in yen, rates in percent."""

import re
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from madoguchi.console.tariffs.draft import DayField
from madoguchi.shell.templatetags.shell import date_plain
from madoguchi.statements.models import IncomingCallDiscount, NumberFee, TaxRate, UsageKind
from madoguchi.statements.rating import STANDARD
from madoguchi.statements.tariffs.money import NotMoney, milliyen_of, yen_text

_WORD = {"required": gettext_lazy("Please enter it."), "invalid": gettext_lazy("Use small letters, digits and _.")}

LIMITS = {
    "min_value": gettext_lazy("Enter %(limit_value)s or more."),
    "max_value": gettext_lazy("Enter %(limit_value)s or less."),
}


class YenField(forms.CharField):
    """Yen with up to three decimals → milli-yen."""

    def __init__(self, **options: Any) -> None:
        missing = {"required": gettext_lazy("Please enter the amount in yen.")}
        super().__init__(max_length=20, error_messages=missing, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return milliyen_of(text)
        except NotMoney:
            raise ValidationError(_("Write yen such as 8 or 17.5, with up to three decimals.")) from None


class WordsField(forms.CharField):
    """Words separated by commas or spaces."""

    def __init__(self, *, pattern: str, longest: int, complaint: Any, **options: Any) -> None:
        self.pattern, self.longest, self.complaint = re.compile(pattern), longest, complaint
        super().__init__(max_length=400, **options)

    def clean(self, value: Any) -> Any:
        found = re.split(r"[\s,、]+", super().clean(value))
        words = [word for word in found if word]
        for word in words:
            if not self.pattern.fullmatch(word) or len(word) > self.longest:
                raise ValidationError(self.complaint, params={"value": word})
        return words


def _classes(label: Any, *, required: bool, hint: Any) -> WordsField:
    complaint = gettext_lazy("“%(value)s” is not a class: use small letters, digits and underscores.")
    return WordsField(
        label=label,
        required=required,
        help_text=hint,
        pattern="[a-z][a-z0-9_]*",
        longest=20,
        complaint=complaint,
        error_messages={"required": gettext_lazy("Please name at least one class.")},
    )


def word_field(label: Any, *, longest: int, hint: Any = "") -> forms.RegexField:
    return forms.RegexField(
        r"^[a-z][a-z0-9_-]*\Z", label=label, max_length=longest, help_text=hint, error_messages=_WORD
    )


def _usage_kinds() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of contract"),
        choices=UsageKind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Please choose at least one kind of contract.")},
    )


def name_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=60, error_messages={"required": gettext_lazy("Please enter the name.")}
    )


class DatedForm(forms.Form):
    """``row``: the one that is changed; ``earliest``: the first month that may be entered."""

    valid_from = DayField(
        label=gettext_lazy("First month"), help_text=gettext_lazy("Its first day, such as 2027-04-01.")
    )
    # Of two rows that say the same of these, only one can hold in a month.
    same: ClassVar[tuple[str, ...]] = ()
    model: ClassVar[type[Model]]

    def __init__(self, *args: Any, row: Any, earliest: date, **options: Any) -> None:
        super().__init__(*args, **{**options, "auto_id": "id_%s"})
        self.row, self.earliest = row, earliest

    @classmethod
    def of(cls, row: Any) -> dict[str, Any]:
        """A row as the form's fields hold it."""
        raise NotImplementedError

    @classmethod
    def usual(cls) -> dict[str, Any]:
        return {}

    @classmethod
    def stays(cls, row: Any, *, this_month: date) -> bool:
        """Whether a row can be neither changed nor deleted any more."""
        return bool(row.valid_from < this_month)

    def clean_valid_from(self) -> date:
        day: date = self.cleaned_data["valid_from"]
        if day.day != 1:
            raise ValidationError(_("Please enter the first day of a month."))
        if day < self.earliest:
            said = _("Earlier months are billed already. Please enter %(day)s or later.")
            raise ValidationError(said % {"day": date_plain(self.earliest)})
        return day

    def values(self) -> dict[str, Any]:
        """By the names of the model's fields."""
        return self.cleaned_data

    def clean(self) -> dict[str, Any]:
        entered = self.cleaned_data
        names = ("valid_from", *self.same)
        if all(name in entered for name in names) and self._rivals().exists():
            self.add_error("valid_from", _("There is a row from this month on already."))
        return entered

    def _rivals(self) -> Any:
        wanted = {name: self.cleaned_data[name] for name in ("valid_from", *self.same)}
        if "usage_kinds" in wanted:
            wanted["usage_kinds__overlap"] = wanted.pop("usage_kinds")
        found = self.model._default_manager.filter(**wanted)
        return found.exclude(pk=self.row.pk) if self.row else found


class DiscountForm(DatedForm):
    name_ja = name_field(pgettext_lazy("tariff", "Name in Japanese"))
    name_en = name_field(pgettext_lazy("tariff", "Name in English"))
    usage_kinds = _usage_kinds()
    kinds = _classes(
        gettext_lazy("Classes of callers that count"), required=True, hint=gettext_lazy("Such as fixed, mobile.")
    )
    amount = YenField(label=gettext_lazy("Yen for each unit, before tax"))
    unit_seconds = forms.IntegerField(
        label=gettext_lazy("Unit in seconds"), min_value=1, max_value=86400, error_messages=LIMITS
    )
    rounding = forms.ChoiceField(
        label=gettext_lazy("The part unit at the end of the month"),
        choices=[("down", gettext_lazy("does not count")), ("up", gettext_lazy("counts as a whole one"))],
    )
    not_in_base = _classes(
        gettext_lazy("Classes of calls it does not reduce"), required=False, hint=gettext_lazy("Such as international.")
    )
    cap = YenField(
        label=gettext_lazy("At most so many yen a month"),
        required=False,
        help_text=gettext_lazy("Empty: up to the call charges."),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("Seconds are added up"),
        choices=[("contract", gettext_lazy("for the contract")), ("number", gettext_lazy("for each number"))],
    )
    field_order = ["valid_from", "name_ja", "name_en", "usage_kinds"]
    same = ("usage_kinds",)
    model = IncomingCallDiscount

    @classmethod
    def usual(cls) -> dict[str, Any]:
        return {"kinds": "fixed, mobile", "amount": "0.5", "unit_seconds": 60, "usage_kinds": ["ip050"]}

    @classmethod
    def of(cls, row: Any) -> dict[str, Any]:
        names = ("valid_from", "name_ja", "name_en", "usage_kinds", "unit_seconds", "rounding", "scope")
        words = {name: ", ".join(getattr(row, name)) for name in ("kinds", "not_in_base")}
        money = {"amount": yen_text(row.amount), "cap": "" if row.cap is None else yen_text(row.cap)}
        return {**{name: getattr(row, name) for name in names}, **words, **money}


class FeeForm(DatedForm):
    code = word_field(
        gettext_lazy("Code of the fee"), longest=40, hint=gettext_lazy("A later row of the same code takes its place.")
    )
    name_ja = name_field(pgettext_lazy("tariff", "Name in Japanese"))
    name_en = name_field(pgettext_lazy("tariff", "Name in English"))
    amount = YenField(
        label=gettext_lazy("Yen for each number and month, before tax"), help_text=gettext_lazy("0 is none.")
    )
    usage_kinds = _usage_kinds()
    free_prefixes = WordsField(
        label=gettext_lazy("Numbers that pay none, by prefix"),
        required=False,
        help_text=gettext_lazy("With the country code: 8120 for 020."),
        pattern="[0-9]{1,15}",
        longest=15,
        complaint=gettext_lazy("“%(value)s” is not a prefix."),
    )
    lag_months = forms.IntegerField(
        label=gettext_lazy("Billed so many months later"), min_value=0, max_value=12, error_messages=LIMITS
    )
    tax = word_field(gettext_lazy("Tax class"), longest=10)
    same = ("code",)
    model = NumberFee

    @classmethod
    def usual(cls) -> dict[str, Any]:
        return {"lag_months": 0, "tax": STANDARD}

    @classmethod
    def of(cls, row: Any) -> dict[str, Any]:
        names = ("code", "valid_from", "name_ja", "name_en", "usage_kinds", "lag_months", "tax")
        found = {name: getattr(row, name) for name in names}
        return {**found, "amount": yen_text(row.amount), "free_prefixes": ", ".join(row.free_prefixes)}


class TaxForm(DatedForm):
    tax = word_field(gettext_lazy("Tax class"), longest=10, hint=gettext_lazy("As rules and fees name it."))
    percent = forms.RegexField(
        r"^[0-9]{1,2}(\.[0-9]{1,2})?\Z",
        label=gettext_lazy("Rate in percent"),
        help_text=gettext_lazy("Such as 10 or 7.25."),
        max_length=5,
        error_messages={
            "required": gettext_lazy("Please enter the rate."),
            "invalid": gettext_lazy("Write a rate such as 10 or 7.25."),
        },
    )
    same = ("tax",)
    model = TaxRate

    @classmethod
    def usual(cls) -> dict[str, Any]:
        return {"tax": STANDARD}

    @classmethod
    def of(cls, row: Any) -> dict[str, Any]:
        return {"tax": row.tax, "valid_from": row.valid_from, "percent": percent_text(row.basis_points)}

    def values(self) -> dict[str, Any]:
        whole, _dot, parts = self.cleaned_data["percent"].partition(".")
        points = int(whole) * 100 + int(parts.ljust(2, "0"))
        return {"tax": self.cleaned_data["tax"], "valid_from": self.cleaned_data["valid_from"], "basis_points": points}


def percent_text(basis_points: int) -> str:
    """1000 → 10, 725 → 7.25."""
    whole, parts = divmod(basis_points, 100)
    return f"{whole}.{parts:02}".rstrip("0") if parts else str(whole)
