"""``{% load charges %}``: the lines of a call statement in words."""

from datetime import date, datetime

from django import template
from django.utils.translation import gettext as _

from madoguchi.shell.templatetags.shell import date_long, phone
from madoguchi.statements import kinds
from madoguchi.statements.models import Adjustment, Call
from madoguchi.support.charges import forms

register = template.Library()


@register.filter
def month_words(month: date) -> str:
    return forms.month_words(month)


@register.filter
def kind_words(kind: str) -> str:
    return kinds.words(kind)


@register.filter
def day(moment: datetime) -> str:
    """The day without its year, which the statement's title says: 11月22日（日） / 22 Nov."""
    whole = date_long(moment)
    return whole.partition("年")[2] or whole.rpartition(" ")[0]


@register.simple_tag
def other_party(call: Call | Adjustment, unmasked: bool) -> str:
    """The other party's number, its last four digits hidden unless ``unmasked``; special numbers in full."""
    if not call.other:
        return _("withheld")
    written = phone(call.other) if call.other.startswith("+") else call.other
    return written if unmasked or not call.other.startswith("+") else f"{written[:-4]}****"


@register.simple_tag
def marks(call: Call) -> list[dict[str, str]]:
    """What is to be said about a line beyond its charge."""
    found = []
    if not call.answered:
        found.append(("unanswered", _("No answer")))
    elif call.earns:
        found.append(("earns", _("Counts for the discount")))
    elif call.outgoing and not call.carried:
        found.append(("elsewhere", _("Billed by another carrier")))
    elif call.outgoing and not call.charge:
        found.append(("free", _("Free")))
    if call.charge and call.tax == "exempt":
        found.append(("exempt", _("No consumption tax")))
    if call.dialled:
        found.append(("dialled", call.dialled))
    return [{"code": code, "words": words} for code, words in found]
