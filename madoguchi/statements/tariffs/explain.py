"""The explanation of a price, row by row, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from madoguchi.shell import languages
from madoguchi.shell.templatetags.shell import duration, milliyen, phone
from madoguchi.statements.kinds import words
from madoguchi.statements.rating import EXEMPT, STANDARD, Rule
from madoguchi.statements.usage.why import tax_words

from .price_call import Price


def explain(price: Price) -> list[tuple[str, str]]:
    """(what, how much), from the number called to the charge."""
    where = price.area_en if languages.current() == "en" else price.area_ja
    number = phone(price.called.e164) if price.called.e164.startswith("+") else price.called.e164
    rows = [(_("Called"), f"{number} {where}".strip())]
    if price.called.dialled:
        rows.append((_("Dialled before it"), price.called.dialled))
    if not price.tariff:
        return [*rows, (_("Charge"), _("No tariff is in force for this kind of contract on that day."))]
    rows.append((_("Tariff"), price.tariff))
    if not price.prefix or price.rule is None:
        return [*rows, (_("Charge"), _("The tariff has no price for the number called."))]
    rows += [(pgettext("tariff", "Prefix"), price.prefix), (_("Class"), words(price.kind))]
    if price.band:
        own = "" if price.rule.band else _(" (this rule holds at any time)")
        rows.append((_("Time band"), price.band + own))
    rows.append((_("Carried by"), _("us") if price.carried else _("another carrier, which bills the call")))
    if not price.carried:
        return rows  # what it costs is known to the other carrier
    return [
        *rows,
        *_sum(price, price.rule),
        (_("Charge"), _("%(amount)s before tax") % {"amount": milliyen(price.charge)}),
        (_("Tax class"), _tax(price)),
    ]


def _sum(price: Price, rule: Rule) -> list[tuple[str, str]]:
    rows = [(_("Talk"), duration(price.talk_seconds))]
    if rule.free_seconds:
        rows.append((_("Free at the beginning"), duration(rule.free_seconds)))
    seconds = _("%(blocks)s × %(block)s = %(billed)s") % {
        "blocks": price.blocks,
        "block": duration(price.block_seconds),
        "billed": duration(price.billed_seconds),
    }
    rows.append((_("Billed"), seconds))
    amount = {"blocks": price.blocks, "price": milliyen(price.price), "amount": milliyen(price.for_blocks)}
    rows.append((_("For the talk"), _("%(blocks)s × %(price)s = %(amount)s") % amount))
    if price.setup:
        rows.append((_("Set-up"), milliyen(price.setup if price.talk_seconds else 0)))
    return rows


def _tax(price: Price) -> str:
    if price.percent is None:
        return tax_words(EXEMPT) if price.tax == EXEMPT else _("%(tax)s: outside the tax base") % {"tax": price.tax}
    said = {"percent": price.percent, "tax": price.tax}
    if price.tax == STANDARD:
        return _("%(percent)s %%, added to the bill as a whole") % said
    return _("%(tax)s: %(percent)s %%, added to the bill as a whole") % said
