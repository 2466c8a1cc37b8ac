"""``{% load deliverability %}``: what came back of mail, as the operator's pages say it."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.lib.addresses import masked

register = template.Library()

_KINDS: dict[str, str | Promise] = {
    "hard": _("Hard bounce"),
    "soft": _("Soft bounce"),
    "delayed": pgettext_lazy("mail", "Delayed"),
    "complaint": _("Spam report"),
    "other": pgettext_lazy("mail", "Other"),
}
_WHY: dict[str, str | Promise] = {
    "hard": _("The address does not exist or takes no mail"),
    "soft": _("Failed again and again for several days"),
    "complaint": _("Its reader reported mail as spam"),
    "operator": _("Added by staff"),
}
_GROUPS: dict[str, str | Promise] = {"": _("All smaller ones together")}


@register.filter
def return_word(kind: str) -> str | Promise:
    return _KINDS.get(kind, kind)


@register.filter
def suppression_word(reason: str) -> str | Promise:
    return _WHY.get(reason, reason)


@register.filter
def group_word(group: str) -> str | Promise:
    return _GROUPS.get(group, group)


@register.filter
def masked_address(address: str) -> str:
    return masked(address)


@register.filter
def percent(share: float | None) -> str:
    """12.3456 → 12.35 %; a dash for nothing of nothing."""
    return "–" if share is None else f"{share:.2f} %"
