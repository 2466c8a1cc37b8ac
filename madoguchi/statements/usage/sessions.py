"""Internet access: when a line was connected and how much went over it, flat or against an allowance."""

import unicodedata
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.contracts.models import UsageKind
from madoguchi.statements.formats.record import InColumn

from . import volume
from .declared import Column, Field, RecordKind, Shape, ToLines, at_once
from .why_usage import why_data

if TYPE_CHECKING:
    from madoguchi.statements.models import UsageLine

    from .declared import Look
    from .reading import Cells


def row(cells: "Cells") -> dict[str, Any]:
    contract = unicodedata.normalize("NFKC", cells.text("contract")).upper()
    if not contract:
        raise InColumn(cells.mapping.name("contract"), "missing")
    return {"holder": contract[:20], **volume.volume_of(cells)}


def begin() -> ToLines:
    return volume.begin(SESSIONS.code, volume.contracts_held(UsageKind.INTERNET))


def connected(line: "UsageLine", _look: "Look") -> int:
    return int((line.ended_at - line.started_at).total_seconds())


SESSIONS = RecordKind(
    code="sessions",
    label=_("Internet access"),
    opens={UsageKind.INTERNET: at_once},
    fields=(
        *(Field("contract", needed=True), Field("started_at", needed=True), Field("ended_at", needed=True)),
        *(Field("bytes"), Field("up_bytes"), Field("down_bytes"), Field("call_id"), Field("zone")),
    ),
    one_of=volume.PARTS,
    columns=(
        Column("date", _("Date"), Shape.DAY, volume.started_at, "started_at"),
        Column("start", _("Start"), Shape.TIME, volume.started_at, "started_at"),
        Column("end_date", _("Date of the end"), Shape.DAY, volume.ended_at, "ended_at"),
        Column("end", _("End"), Shape.TIME, volume.ended_at, "ended_at"),
        Column("connected", _("Time connected"), Shape.SECONDS, connected),
        *volume.BOTH_WAYS,
        Column("bytes", pgettext_lazy("data", "Total"), Shape.BYTES, lambda line, _look: line.bytes, "bytes"),
    ),
    lines=partial(volume.lines_of, "sessions"),
    why=why_data,
    begin=begin,
    store=volume.store,
    schema=volume.VOLUME,
    row=row,
)
