"""``{% load contracts %}``: words of the pages about files of contracts, and of systems that keep them."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from madoguchi.contracts.models.operator_tokens import Scope

register = template.Library()

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
