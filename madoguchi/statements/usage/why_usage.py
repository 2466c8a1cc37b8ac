"""Why messages and data cost what they cost: a message by its own line, data by what its month adds up to."""

from datetime import date
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from madoguchi.shell.templatetags.shell import in_language_plain, milliyen
from madoguchi.statements.kinds import words

from .amounts import bytes_words, exact_words
from .why import Rows, prefix_words, tax_words

if TYPE_CHECKING:
    from madoguchi.statements.models import UsageLine
    from madoguchi.statements.statement import Data, Statement


def why_message(line: "UsageLine") -> Rows:
    """(what, how much), from the prices to the charge; docs/usage-kinds.md has the rule."""
    if not line.outgoing:
        return [(_("Class"), words(line.kind)), (_("Charge"), _("Nothing: messages received are free of charge."))]
    counted = {"parts": line.segments, "price": milliyen(line.price), "amount": milliyen(line.charge)}
    return [
        (_("Tariff"), _prices(line.tariff)),
        (pgettext("tariff", "Prefix"), prefix_words(line.prefix)),
        (_("Class"), words(line.kind)),
        (_("Parts it was sent in"), f"{line.segments:,}"),
        (_("For the parts"), _("%(parts)s × %(price)s = %(amount)s") % counted),
        (_("Charge"), _("%(amount)s before tax") % {"amount": milliyen(line.charge)}),
        (_("Tax class"), tax_words(line.tax)),
    ]


def _prices(tariff: str) -> str:
    """What :func:`~madoguchi.statements.book.message_tables` calls its versions, in words."""
    try:
        begins = date.fromisoformat(f"{tariff.removeprefix('messages ')}-01")
    except ValueError:
        return tariff
    return _("Prices of messages from %(month)s") % {"month": date_format(begins, "YEAR_MONTH_FORMAT")}


def why_data(line: "UsageLine", statement: "Statement") -> Rows:
    """What the line adds to the month's data, and what the month costs by what the plan includes."""
    rows = [(_("This line counts"), f"{line.bytes:,} B")]
    return rows if statement.data is None else rows + _month(statement.data)


def _month(data: "Data") -> Rows:
    rows = [
        (_("Data plan"), in_language_plain(data.row, "name")),
        (_("Used in the month"), bytes_words(data.used)),
    ]
    if data.included is None:
        rows.append((pgettext("in the plan", "Included"), _("All of it, without a limit")))
    else:
        rows += [
            (pgettext("in the plan", "Included"), exact_words(data.included)),
            (_("Beyond what is included"), bytes_words(data.beyond)),
        ]
    if data.blocks:
        begun = {"blocks": data.blocks, "block": exact_words(data.block)}
        sum_ = {"blocks": data.blocks, "price": milliyen(data.each), "amount": milliyen(data.charge)}
        rows += [
            (_("Blocks begun"), _("%(blocks)s × %(block)s") % begun),
            (_("For the blocks"), _("%(blocks)s × %(price)s = %(amount)s") % sum_),
        ]
    rows.append((_("Charge of the month"), _("%(amount)s before tax") % {"amount": milliyen(data.charge)}))
    return [*rows, (_("Tax class"), tax_words(data.row.tax_class))]
