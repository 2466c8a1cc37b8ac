"""``{% load payments %}``: words of the pages about files of payments."""

from django import template

from madoguchi.statements.billing.payment_words import about_file, sentence
from madoguchi.statements.models import PaymentFile

register = template.Library()


@register.filter
def why_refused(file: PaymentFile) -> str:
    """Why nothing of it was taken."""
    return about_file(file.reason, file.about) if file.reason else ""


@register.filter
def why_not(problem: list[str]) -> str:
    """Why a row was not taken."""
    _line, _column, reason, value = problem
    return sentence(reason, value)
