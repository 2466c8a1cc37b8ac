"""Calls: priced one by one as they are taken in (docs/rating.md)."""

from datetime import date
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import psycopg
from django.conf import settings
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from madoguchi.contracts.models import Contract, UsageKind
from madoguchi.statements.kinds import words
from madoguchi.statements.masking import masked

from .declared import Column, Field, Look, Mark, RecordKind, Shape, ToLines, at_once, on_the_28th
from .why import why

if TYPE_CHECKING:
    from madoguchi.statements.models import Call, CallQuerySet, UsageImport
    from madoguchi.statements.store import Store


def marks(call: "Call") -> tuple[Mark, ...]:
    """What is to be said about a line beyond its charge."""
    found = []
    if not call.answered:
        found.append(Mark("unanswered", gettext("No answer")))
    elif call.earns:
        found.append(Mark("earns", gettext("Counts for the discount")))
    elif call.outgoing and not call.carried:
        found.append(Mark("elsewhere", gettext("Billed by another carrier")))
    elif call.outgoing and not call.charge:
        found.append(Mark("free", gettext("Free")))
    if call.charge and call.tax == "exempt":
        found.append(Mark("exempt", gettext("No consumption tax")))
    if call.dialled:
        found.append(Mark("dialled", call.dialled))
    return tuple(found)


def direction(line: "Call") -> str:
    return pgettext("direction of a call", "Out") if line.outgoing else pgettext("direction of a call", "In")


def other(line: "Call", look: Look) -> str:
    return line.other if look.whole_numbers else masked(line.other)


def area(line: "Call") -> str:
    return line.area_en if get_language() == "en" else line.area_ja


def units(call: "Call") -> str | None:
    if not call.charge:
        return None
    return gettext("%(blocks)s × %(seconds)s s") % {"blocks": call.blocks, "seconds": call.block_seconds}


def lines(contract: Contract, month: date) -> "CallQuerySet":
    from madoguchi.statements.models import Call

    return Call.objects.of_month(contract, month)


def begin() -> ToLines:
    from madoguchi.statements import lines
    from madoguchi.statements.book import Book
    from madoguchi.statements.holders import held_numbers

    operator = lines.Operator(Book.of_today(), held_numbers(), ZoneInfo(settings.TIME_ZONE))
    return partial(lines.to_lines, operator=operator)


def store(usage_import: "UsageImport", connection: psycopg.Connection) -> "Store":
    from madoguchi.statements.store import Store

    return Store(usage_import, connection)


CALLS = RecordKind(
    code="calls",
    label=_("Calls"),
    opens={
        UsageKind.OPTICAL: at_once,
        UsageKind.PHONE: at_once,
        UsageKind.MOBILE: on_the_28th,
        UsageKind.IP050: at_once,
    },
    fields=(
        *(Field("caller"), Field("called"), Field("own"), Field("other"), Field("direction")),
        *(Field("started_at", needed=True), Field("talk_seconds", needed=True)),
        *(Field("ended_at"), Field("duration"), Field("call_id"), Field("zone")),
    ),
    columns=(
        Column("date", _("Date"), Shape.DAY, lambda call, _look: call.started_at, "started_at"),
        Column("start", _("Start"), Shape.TIME, lambda call, _look: call.started_at, "started_at"),
        Column("other", _("Other party"), Shape.NUMBER, other, "other"),
        Column("direction", _("Direction"), Shape.TEXT, lambda call, _look: direction(call), "outgoing"),
        Column(
            *("number", _("Own number"), Shape.NUMBER, lambda call, _look: call.number, "number"),
            shown=lambda look: look.several_numbers,
        ),
        Column("class", _("Class"), Shape.TEXT, lambda call, _look: words(call.kind), "kind"),
        Column("area", _("Area"), Shape.TEXT, lambda call, _look: area(call), "area_ja"),
        Column(
            *("talk", _("Talk time"), Shape.SECONDS),
            *(lambda call, _look: call.talk_seconds if call.answered else None, "talk_seconds"),
        ),
        Column("units", _("Units"), Shape.TEXT, lambda call, _look: units(call), "blocks"),
        Column(
            *("charge", _("Charge"), Shape.MONEY),
            *(lambda call, _look: call.charge if call.outgoing else None, "charge"),
        ),
        Column("marks", _("Marks"), Shape.MARKS, lambda call, _look: marks(call)),
    ),
    lines=lines,
    why=lambda call, statement: why(call, discounted=statement.discount is not None),
    begin=begin,
    store=store,
)
