"""Messages (SMS): priced one by one, each part it was sent in, by the prefix of the number (docs/usage-kinds.md)."""

import re
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import polars as pl
from django.conf import settings
from django.utils.translation import get_language, gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from madoguchi.contracts.models import UsageKind
from madoguchi.statements.kinds import words
from madoguchi.statements.masking import masked
from madoguchi.statements.numbers import WITHHELD

from . import volume
from .declared import Column, Field, Look, Mark, RecordKind, Shape, ToLines, on_the_28th
from .why_usage import why_message

if TYPE_CHECKING:
    from madoguchi.statements.formats import Format
    from madoguchi.statements.lines import Lines, Operator
    from madoguchi.statements.models import UsageLine

    from .reading import Cells

# A sender may be a name instead of a number (3GPP TS 23.040, alphanumeric address: 11 characters).
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9 .&_-]{0,10}")


def row(cells: "Cells") -> dict[str, Any]:
    caller, called = (party.strip() for party in cells.parties())
    named = bool(_NAME.fullmatch(caller)) and caller.lower() not in WITHHELD
    return {
        "caller": "" if named else caller,
        "called": called,
        "sender": caller if named else "",
        "segments": cells.count("segments") if cells.has("segments") else 1,
    }


def begin() -> ToLines:
    from madoguchi.statements.book import Book, message_tables
    from madoguchi.statements.holders import held_numbers
    from madoguchi.statements.lines import Operator

    tables = message_tables()
    held = held_numbers().filter(pl.col("usage_kind").is_in([str(kind) for kind in MESSAGES.opens]))
    book = Book(tables={str(kind): tables for kind in MESSAGES.opens if tables}, discounts={})
    return partial(to_lines, operator=Operator(book, held, ZoneInfo(settings.TIME_ZONE)))


def to_lines(records: pl.DataFrame, *, first: int, form: "Format", source: str, operator: "Operator") -> "Lines":
    """Whose a message is and what it costs is told as for a call whose seconds are its parts, in blocks of one."""
    from madoguchi.statements import lines
    from madoguchi.statements.formats import Problem
    from madoguchi.statements.formats.batch import RECORD
    from madoguchi.statements.keys import BETWEEN

    asked = records.with_columns(talk_seconds=pl.col("segments")).select(*RECORD)
    found = lines.to_lines(asked, first=first, form=form, source=f"{source}{BETWEEN}messages", operator=operator)
    problems = [
        Problem(one.line, one.column, "unknown_line") if one.reason == "unknown_number" else one
        for one in found.problems
    ]
    if not found.rated.height:
        return lines.Lines(found.rated, problems)
    senders = records.with_row_index("record_no", offset=first).select("record_no", "sender")
    named = (pl.col("sender") != "") & ~pl.col("outgoing")
    rated = (
        found.rated.join(senders, on="record_no", how="left")
        .rename({"call_id": "given_id", "talk_seconds": "segments"})
        .with_columns(
            records=pl.lit(MESSAGES.code),
            other=pl.when(named).then(pl.col("sender")).otherwise("other"),
            kind=pl.when(named).then(pl.lit("other")).otherwise("kind"),
        )
    )
    return lines.Lines(rated, problems)


def marks(line: "UsageLine") -> tuple[Mark, ...]:
    """What is to be said about a line beyond its charge."""
    if line.outgoing and not line.charge:
        return (Mark("free", gettext("Free")),)
    return (Mark("exempt", gettext("No consumption tax")),) if line.charge and line.tax == "exempt" else ()


def direction(line: "UsageLine") -> str:
    return pgettext("direction of a message", "Out") if line.outgoing else pgettext("direction of a message", "In")


def other(line: "UsageLine", look: Look) -> str:
    return line.other if look.whole_numbers else masked(line.other)


def area(line: "UsageLine") -> str:
    return line.area_en if get_language() == "en" else line.area_ja


MESSAGES = RecordKind(
    code="messages",
    label=_("Messages (SMS)"),
    opens={UsageKind.MOBILE: on_the_28th},
    fields=(
        *(Field("caller"), Field("called"), Field("own"), Field("other"), Field("direction")),
        *(Field("started_at", needed=True), Field("segments"), Field("call_id"), Field("zone")),
    ),
    columns=(
        Column("date", _("Date"), Shape.DAY, volume.started_at, "started_at"),
        Column("time", pgettext_lazy("message", "Time"), Shape.TIME, volume.started_at, "started_at"),
        Column("other", _("Other party"), Shape.NUMBER, other, "other"),
        Column("direction", _("Direction"), Shape.TEXT, lambda line, _look: direction(line), "outgoing"),
        Column(
            *("number", _("Own number"), Shape.NUMBER, lambda line, _look: line.number, "number"),
            shown=lambda look: look.several_numbers,
        ),
        Column("class", _("Class"), Shape.TEXT, lambda line, _look: words(line.kind), "kind"),
        Column("area", _("Area"), Shape.TEXT, lambda line, _look: area(line), "area_ja"),
        Column("segments", _("Parts"), Shape.COUNT, lambda line, _look: line.segments, "segments"),
        Column(
            *("charge", pgettext_lazy("message", "Charge"), Shape.MONEY),
            *(lambda line, _look: line.charge if line.outgoing else None, "charge"),
        ),
        Column("marks", _("Marks"), Shape.MARKS, lambda line, _look: marks(line)),
    ),
    lines=partial(volume.lines_of, "messages"),
    why=lambda line, _statement: why_message(line),
    begin=begin,
    store=volume.store,
    schema={"caller": pl.String, "called": pl.String, "sender": pl.String, "segments": pl.Int32},
    row=row,
)
