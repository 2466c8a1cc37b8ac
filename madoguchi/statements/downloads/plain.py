"""Cells as programs read them: dates and figures without words, and no text that a spreadsheet would run."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from madoguchi.statements.usage.declared import Column, Shape

# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection), in either width.
_FORMULA = tuple("=+-@\t\r\n|%＝＋－＠")


def harmless(text: str) -> str:
    """``text`` that no spreadsheet runs: with an apostrophe before what looks like a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def yen(milliyen: int) -> str:
    """17500 → 17.5, exactly."""
    whole, rest = divmod(abs(milliyen), 1000)
    return f"{'-' if milliyen < 0 else ''}{whole}" + (f".{rest:03}".rstrip("0") if rest else "")


def label(column: Column) -> str:
    """A column's head, with the unit its figures are in."""
    unit = _UNITS.get(column.shape)
    return (
        pgettext("column of a file", "%(column)s (%(unit)s)") % {"column": column.label, "unit": unit}
        if unit
        else str(column.label)
    )


_UNITS = {Shape.SECONDS: _("seconds"), Shape.BYTES: _("bytes"), Shape.MONEY: _("yen")}


def text(column: Column, value: Any) -> str:
    """A cell of a CSV file; empty where there is nothing to say."""
    return "" if value is None else _TEXT[column.shape](value)


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment)


_TEXT: Mapping[Shape, Callable[[Any], str]] = {
    Shape.DAY: lambda moment: f"{_local(moment):%Y-%m-%d}",
    Shape.TIME: lambda moment: f"{_local(moment):%H:%M:%S}",
    Shape.NUMBER: lambda number: harmless(Shape.NUMBER.words(number)),
    Shape.TEXT: lambda words: harmless(str(words)),
    Shape.COUNT: str,
    Shape.SECONDS: str,
    Shape.BYTES: str,
    Shape.MONEY: yen,
    Shape.MARKS: lambda marks: harmless(Shape.MARKS.words(marks)),
}
