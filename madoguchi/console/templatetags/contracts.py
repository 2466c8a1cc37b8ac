"""``{% load contracts %}``: words of the pages about files of contracts, and of systems that keep them."""

import re

from django import template
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from madoguchi.contracts.imports.reasons import about_file, sentence
from madoguchi.contracts.models import Upload
from madoguchi.contracts.models.operator_tokens import Scope

register = template.Library()
_NUMBERS = {"phone", "spreadsheet"}
_HIDDEN = re.compile(r"\d{4}(?=\D*$)")

_KINDS: dict[str, str | Promise] = {
    "customers": pgettext_lazy("contracts", "Customers"),
    "contracts": pgettext_lazy("contracts", "Contracts"),
    "numbers": pgettext_lazy("contracts", "Telephone numbers"),
    "roles": pgettext_lazy("contracts", "Roles of IDs"),
}


@register.filter
def contracts_kind(kind: str) -> str:
    return str(_KINDS.get(kind, kind))


@register.filter
def scope_words(scope: str) -> str:
    return str(Scope(scope).label) if scope in Scope.values else scope


@register.filter
def why_refused(upload: Upload) -> str:
    """Why none of the files was taken."""
    return about_file(upload.reason, upload.about) if upload.reason else ""


@register.filter
def why_not(problem: list[str]) -> str:
    """Why a cell was not taken; of what may be a telephone number the last four digits are left out."""
    _line, _column, reason, value = problem
    return sentence(reason, _HIDDEN.sub("****", value) if reason in _NUMBERS else value)
