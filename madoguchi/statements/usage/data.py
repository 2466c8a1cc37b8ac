"""Mobile data: counted by the month against what the plan includes (docs/usage-kinds.md)."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.contracts.models import UsageKind
from madoguchi.statements.formats.record import InColumn
from madoguchi.statements.numbers import normalise
from madoguchi.statements.reasons import Unreadable

from . import volume
from .declared import Column, Field, RecordKind, Shape, ToLines, on_the_28th
from .why_usage import why_data

if TYPE_CHECKING:
    from .reading import Cells


def row(cells: "Cells") -> dict[str, Any]:
    try:
        number = normalise(cells.text("number")).e164
    except Unreadable as error:
        raise InColumn(cells.mapping.name("number"), error.reason, error.value) from None
    if not number:
        raise InColumn(cells.mapping.name("number"), "missing")
    return {"holder": number, **volume.volume_of(cells)}


def begin() -> ToLines:
    return volume.begin(DATA.code, volume.numbers_held(UsageKind.MOBILE))


DATA = RecordKind(
    code="data",
    label=_("Mobile data"),
    opens={UsageKind.MOBILE: on_the_28th},
    fields=(
        *(Field("number", needed=True), Field("started_at", needed=True), Field("ended_at")),
        *(Field("bytes"), Field("up_bytes"), Field("down_bytes"), Field("network")),
        *(Field("call_id"), Field("zone")),
    ),
    one_of=volume.PARTS,
    columns=(
        Column("date", _("Date"), Shape.DAY, volume.started_at, "started_at"),
        Column("start", _("Start"), Shape.TIME, volume.started_at, "started_at"),
        Column("end", _("End"), Shape.TIME, volume.ended_at, "ended_at"),
        Column(
            *("number", _("Own number"), Shape.NUMBER, lambda line, _look: line.number, "number"),
            shown=lambda look: look.several_numbers,
        ),
        Column(
            *("network", _("Access point"), Shape.TEXT, lambda line, _look: line.network or None, "network"),
            optional=True,
        ),
        *volume.BOTH_WAYS,
        Column("bytes", pgettext_lazy("data", "Total"), Shape.BYTES, lambda line, _look: line.bytes, "bytes"),
    ),
    lines=partial(volume.lines_of, "data"),
    why=why_data,
    begin=begin,
    store=volume.store,
    schema=volume.VOLUME,
    row=row,
)
