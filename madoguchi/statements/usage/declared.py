"""What a kind of usage record declares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import polars as pl
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from madoguchi.contracts.models import UsageKind
from madoguchi.shell.templatetags.shell import date_long, duration, milliyen, phone
from madoguchi.statements.masking import starred

from .amounts import bytes_words

if TYPE_CHECKING:
    from madoguchi.contracts.models import Contract
    from madoguchi.statements.lines import Lines
    from madoguchi.statements.statement import Statement
    from madoguchi.statements.store import Store

    from .reading import Cells


# A cell that has nothing to say.
NOTHING = "–"


class Shape(StrEnum):
    """What a cell's value is, and so how it is written and aligned. None in any of them is "nothing to say"."""

    DAY = "day"  # of a datetime, in the operator's zone
    TIME = "time"  # of a datetime, to the second
    NUMBER = "number"  # telephone: E.164, a special number as dialled, "" when withheld, masked or not
    TEXT = "text"
    COUNT = "count"
    SECONDS = "seconds"
    BYTES = "bytes"
    MONEY = "money"  # milli-yen before tax
    MARKS = "marks"  # a tuple of Mark

    @property
    def to_the_end(self) -> bool:
        """Whether cells are aligned to the end of the line, as figures are."""
        return self in {Shape.COUNT, Shape.SECONDS, Shape.BYTES, Shape.MONEY}

    def words(self, value: Any) -> str:
        """The value as it is read, in the active language."""
        return NOTHING if value is None else _WORDS[self](value)


def _day(moment: datetime) -> str:
    """Without the year, which the statement's title says."""
    whole = date_long(moment)
    return whole.partition("年")[2] or whole.rpartition(" ")[0]


def _time(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "H:i:s")


def _number(number: str) -> str:
    if not number:
        return _("withheld")
    if number.endswith("****"):
        return starred(phone(f"{number[:-4]}0000"))
    return phone(number) if number[0] == "+" else number


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to be said about a line beyond its figures."""

    code: str
    words: str


_WORDS: Mapping[Shape, Callable[[Any], str]] = {
    Shape.DAY: _day,
    Shape.TIME: _time,
    Shape.NUMBER: _number,
    Shape.TEXT: str,
    Shape.COUNT: "{:,}".format,
    Shape.SECONDS: duration,
    Shape.BYTES: bytes_words,
    Shape.MONEY: milliyen,
    Shape.MARKS: lambda marks: _(", ").join(mark.words for mark in marks),
}


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks: whether the other party's number is whole; whether the contract has several numbers of its own.

    ``unsaid``: codes of columns of which no line of the month says anything.
    """

    whole_numbers: bool = False
    several_numbers: bool = False
    unsaid: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a statement. ``value(line, look)`` is its cell; ``field`` the model's, by which lines are ordered.

    ``optional``: not every file has it, and a month in which no line does is shown without the column.
    """

    code: str
    label: str | Promise
    shape: Shape
    value: Callable[[Any, Look], Any]
    field: str = ""
    shown: Callable[[Look], bool] = lambda _look: True
    optional: bool = False

    def cell(self, line: Any, look: Look) -> str:
        """The cell in words."""
        return self.shape.words(self.value(line, look))


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a record that a mapping may give a column of the file to."""

    name: str
    needed: bool = False


Opening = Callable[[date], date]
# (records, first=…, form=…, source=…) -> Lines: of a batch; ``first`` records of the file came before it.
ToLines = Callable[..., "Lines"]


def at_once(month: date) -> date:
    """The statement of a month can be seen while the month runs."""
    return month


def on_the_28th(month: date) -> date:
    """Usage of mobiles comes from networks abroad too, weeks later: the month opens on the 28th of the next."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 28)


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of usage record.

    ``opens``: by the kinds of contract that have it, the day a month's statement opens. ``columns`` and ``lines``: of
    the statement. ``fields``: what a mapping may give a column of the file to; ``one_of``: at least one of these.

    For the import, ``row`` reads a row of a mapped file into the columns of ``schema`` (and raises ``InColumn``), and
    ``begin``, called once an import, gives the function that makes lines of a batch of records, priced where they are
    priced one by one. ``store`` puts them away.
    """

    code: str
    label: str | Promise
    opens: Mapping[UsageKind, Opening]
    fields: tuple[Field, ...]
    columns: tuple[Column, ...]
    lines: Callable[["Contract", date], "QuerySet[Any]"]  # of a month, in the order they began
    # Why a line costs what it costs, (what, how much); where the month is priced as one, how that comes about.
    why: Callable[[Any, "Statement"], list[tuple[str, str]]]
    begin: Callable[[], "ToLines"]
    store: Callable[..., "Store"]  # (usage_import, connection)
    one_of: tuple[str, ...] = ()
    schema: Mapping[str, "pl.DataType | type[pl.DataType]"] = field(default_factory=dict)
    row: "Callable[[Cells], dict[str, Any]] | None" = None  # None: read by formats of its own

    def columns_for(self, look: Look) -> list[Column]:
        return [column for column in self.columns if column.shown(look) and column.code not in look.unsaid]

    def unsaid(self, lines: "QuerySet[Any]") -> frozenset[str]:
        """Codes of the optional columns of which none of ``lines`` says anything."""
        optional = [column for column in self.columns if column.optional]
        return frozenset(column.code for column in optional if not _says(lines, column))


def _says(lines: "QuerySet[Any]", column: Column) -> bool:
    said = lines.exclude(**{f"{column.field}__isnull": True})
    return (said.exclude(**{column.field: ""}) if column.shape == Shape.TEXT else said).exists()
