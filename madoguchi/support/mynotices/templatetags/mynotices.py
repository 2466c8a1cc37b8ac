"""``{% load mynotices %}``: a destination, and the answer of a program, in words."""

from collections.abc import Iterator

from django import template

from madoguchi.lib.addresses import is_odd, plain
from madoguchi.notices.models import WebhookCall
from madoguchi.support.mynotices import words

register = template.Library()

register.filter("plain_address", plain)
register.filter("is_odd_address", is_odd)


@register.filter
def days_and_hours(wished: words.Wished) -> str:
    return words.days_and_hours(wished)


@register.filter
def meaning(wished: words.Wished) -> Iterator[str]:
    return words.meaning(wished)


@register.filter
def answered(call: WebhookCall) -> str:
    return words.answered(call)
