"""``{% load charges %}``: statements in words."""

from datetime import date

from django import template
from django.utils.formats import date_format

from madoguchi.shell import languages
from madoguchi.statements import kinds
from madoguchi.statements.masking import masked
from madoguchi.statements.models import Adjustment
from madoguchi.statements.usage import amounts, registry
from madoguchi.statements.usage.declared import Column, Shape
from madoguchi.support.charges import forms

register = template.Library()


@register.filter
def month_words(month: date) -> str:
    return forms.month_words(month)


@register.filter
def month_short(month: date) -> str:
    """11月 / Nov: below a bar."""
    return date_format(month, "n月" if languages.current() == "ja" else "M")


@register.filter
def bytes_words(count: int) -> str:
    return amounts.bytes_words(count)


@register.filter
def bytes_exact(count: int) -> str:
    return amounts.exact_words(count)


@register.filter
def kind_words(kind: str) -> str:
    return kinds.words(kind)


@register.filter
def records_words(records: str) -> str:
    """A kind of usage record, by its code."""
    return str(registry.KINDS[records].label)


@register.simple_tag
def other_party(row: Adjustment, whole: bool) -> str:
    """The other party's number, its last four digits hidden unless numbers are shown ``whole``."""
    return Shape.NUMBER.words(row.other if whole else masked(row.other))


@register.simple_tag
def number_words(number: str) -> str:
    """A telephone number as it is read."""
    return Shape.NUMBER.words(number)


@register.simple_tag
def column_words(column: Column, value: int) -> str:
    """A value of a column that is a sum over lines."""
    return column.shape.words(value)
