"""Why a call costs what it costs, from what its line keeps: nothing is worked out again."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from madoguchi.shell.templatetags.shell import duration, milliyen
from madoguchi.statements.kinds import words

if TYPE_CHECKING:
    from madoguchi.statements.models import Call

Rows = list[tuple[str, str]]


def why(call: "Call", *, discounted: bool) -> Rows:
    """(what, how much), from the tariff to the charge; docs/rating.md has the rules.

    ``discounted``: whether the contract has an incoming-call discount at all.
    """
    if not call.outgoing:
        return _received(call, discounted=discounted)
    rows = [(_("Tariff"), call.tariff), (pgettext("tariff", "Prefix"), prefix_words(call.prefix))]
    rows.append((_("Class"), words(call.kind)))
    if call.dialled:
        rows.append((_("Dialled before it"), call.dialled))
    if not call.answered:
        return [*rows, (_("Charge"), _("Nothing: the call was not answered."))]
    if not call.carried:
        return [
            *rows,
            (_("Carried by"), _("another carrier, which bills the call")),
            (_("Charge"), _("Nothing from us.")),
        ]
    return [*rows, *_sum(call)]


def _received(call: "Call", *, discounted: bool) -> Rows:
    rows = [(_("Class"), words(call.kind)), (_("Charge"), _("Nothing: calls received are free of charge."))]
    if not discounted and not call.earns:
        return rows
    if call.earns:
        counts = _("%(talk)s count towards it.") % {"talk": duration(call.talk_seconds)}
    elif call.answered:
        counts = _("Calls of this class do not count towards it.")
    else:
        counts = _("Nothing: the call was not answered.")
    return [*rows, (_("Incoming-call discount"), counts)]


def _sum(call: "Call") -> Rows:
    billed = _("%(blocks)s × %(block)s = %(billed)s") % {
        "blocks": call.blocks,
        "block": duration(call.block_seconds),
        "billed": duration(call.blocks * call.block_seconds),
    }
    amount = {
        "blocks": call.blocks,
        "price": milliyen(call.price),
        "amount": milliyen(call.blocks * call.price),
    }
    rows = [
        (_("Talk"), duration(call.talk_seconds)),
        (_("Billed"), billed),
        (_("For the talk"), _("%(blocks)s × %(price)s = %(amount)s") % amount),
    ]
    if call.setup:
        rows.append((_("Set-up"), milliyen(call.setup)))
    rows.append((_("Charge"), _("%(amount)s before tax") % {"amount": milliyen(call.charge)}))
    rows.append((_("Tax class"), tax_words(call.tax)))
    return rows


def tax_words(tax: str) -> str:
    """A tax class in words; one of the operator's own as it is written."""
    named = {"standard": _("Standard rate, added to the bill as a whole"), "exempt": _("Outside the tax base")}
    return named.get(tax, tax)


def prefix_words(prefix: str) -> str:
    """As people know it: +81 3 for numbers, 117 for a special number, which tariffs write after 810."""
    if prefix.startswith("810"):
        return prefix[3:]
    return f"+81 {prefix[2:]}".strip() if prefix.startswith("81") else f"+{prefix}"
