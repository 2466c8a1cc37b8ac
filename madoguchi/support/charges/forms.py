"""Which month of a statement, which of its lines and in which order; and the digits searched for."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.shell.templatetags.shell import phone
from madoguchi.statements.kinds import words
from madoguchi.statements.models import HidingChoice
from madoguchi.statements.reading.choice import Choice, orders
from madoguchi.statements.usage.declared import Look, RecordKind, Shape

PAGE_SIZES = (50, 100)
_NOT_OFFERED = _("This is not one of the choices. Choose again from the list.")


def month_words(month: date) -> str:
    """2026年11月 / November 2026."""
    return date_format(month, "YEAR_MONTH_FORMAT")


class MonthForm(forms.Form):
    """The running month and those before it; without a choice the running one."""

    use_required_attribute = False
    month = forms.ChoiceField(
        label=_("Month to show"),
        error_messages={
            "invalid_choice": _("There is no statement for that month. Choose one of the months in the list."),
        },
    )

    def __init__(self, chosen: str | None, *, months: Sequence[date]) -> None:
        super().__init__({"month": chosen or f"{months[0]:%Y-%m}"})
        self._months = {f"{month:%Y-%m}": month for month in months}
        running, *past = self._months
        self.fields["month"].choices = [  # type: ignore[attr-defined]
            (running, _("%(month)s (so far)") % {"month": month_words(self._months[running])}),
            *((value, month_words(self._months[value])) for value in past),
        ]

    def chosen(self) -> date:
        """First day of the month chosen; only without errors."""
        return self._months[self.cleaned_data["month"]]


class LinesForm(forms.Form):
    """Which lines, and in which order: a field for each column of the kind that lines can be narrowed by.

    ``classes``: those of the month; ``own``: the contract's numbers (E.164) by their keys, which stand in the address
    in their place.
    """

    use_required_attribute = False

    def __init__(  # noqa: PLR0913 - what its choices are made of
        self,
        data: Mapping[str, Any],
        *,
        kind: RecordKind,
        month: date,
        look: Look,
        classes: Iterable[str],
        own: dict[str, str],
    ) -> None:
        super().__init__(data)
        self._own, self._month = own, month
        codes = {column.code for column in kind.columns_for(look)}
        if "direction" in codes:
            out, into = pgettext_lazy("direction of a call", "Out"), pgettext_lazy("direction of a call", "In")
            self._select("direction", _("Direction"), [("out", out), ("in", into)])
        if "class" in codes:
            self._select("class", _("Class"), [(code, words(code)) for code in classes])
        self._select("day", _("Day"), [(str(day.day), Shape.DAY.words(day)) for day in _days(month)])
        if "number" in codes:
            self._select("own", _("Own number"), [(key, phone(number)) for key, number in own.items()])
        if "charge" in codes:
            self.fields["paid"] = forms.BooleanField(label=_("With a charge only"), required=False)
        self._orders(kind, look)
        sizes = [(str(size), _("%(n)s a page") % {"n": size}) for size in PAGE_SIZES]
        self._select("lines", _("Lines"), sizes[1:], empty=sizes[0][1])

    def _select(self, name: str, label: object, choices: Sequence[tuple[str, object]], *, empty: object = "") -> None:
        self.fields[name] = forms.ChoiceField(
            label=label,  # type: ignore[arg-type]
            required=False,
            choices=[("", empty or pgettext_lazy("no restriction", "All")), *choices],
            error_messages={"invalid_choice": _NOT_OFFERED},
        )

    def _orders(self, kind: RecordKind, look: Look) -> None:
        offered: list[tuple[str, object]] = [("-date", _("Latest first"))]
        for code, column in orders(kind, look):
            says = _("%(column)s, largest first") if code.startswith("-") else _("%(column)s, in order")
            offered.append((code, says % {"column": column.label}))
        self._select("order", _("Order"), offered, empty=_("Earliest first"))

    def choice(self, *, digits: str) -> Choice:
        """Only without errors."""
        asked = self.cleaned_data
        return Choice(
            direction=asked.get("direction", ""),
            kind=asked.get("class", ""),
            day=self._month.replace(day=int(asked["day"])) if asked["day"] else None,
            own=self._own.get(asked.get("own", ""), ""),
            paid=asked.get("paid", False),
            digits=digits,
            order=asked["order"],
        )

    @property
    def page_size(self) -> int:
        return int(self.cleaned_data["lines"] or PAGE_SIZES[0])


def _days(month: date) -> list[date]:
    """Those that calls may have begun on: one that ended in the month began on its last eve at the earliest."""
    days = [month + timedelta(days=n) for n in range(31)]
    return [day for day in days if day.month == month.month]


class SearchForm(forms.Form):
    """Digits of the other party's number, as people write them; whole ones where they are shown whole."""

    use_required_attribute = False
    digits = forms.CharField(
        label=_("Digits of the other party's number"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        error_messages={"required": _("Enter the digits to search for.")},
    )

    def clean_digits(self) -> str:
        typed = unicodedata.normalize("NFKC", self.cleaned_data["digits"])
        bare = re.sub(r"[\s()\-‐‑–—−ー.]", "", typed)
        bare = f"0{bare[3:]}" if bare.startswith("+81") else bare.removeprefix("+")
        if not re.fullmatch(r"#?[0-9]{2,15}", bare, re.ASCII):
            raise forms.ValidationError(_("Enter two or more digits of the number, such as 03 or 0120."))
        return bare


class HidingForm(forms.Form):
    """From whom calls to sensitive numbers are hidden."""

    use_required_attribute = False
    hidden_from = forms.ChoiceField(
        label=_("Hide these calls from"),
        choices=HidingChoice.From,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of these."), "invalid_choice": _NOT_OFFERED},
    )
