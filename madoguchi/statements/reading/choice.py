"""Which lines of a statement are asked for, and in which order."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Concat, Left, Length, Substr
from django.utils import timezone

from madoguchi.statements.usage.declared import Column, Look, RecordKind, Shape

# Digits that are shown as asterisks, at the end of the other party's number.
HIDDEN_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for; empty is no restriction, and the order in which the lines began.

    ``own``: one of the contract's numbers (E.164). ``digits``: of the other party's number, as written in Japan.
    ``order``: a column's code, with ``-`` before it for the largest first.
    """

    direction: str = ""  # "out", "in"
    kind: str = ""  # class of destination
    day: date | None = None
    own: str = ""
    paid: bool = False
    digits: str = ""
    order: str = ""

    @property
    def narrows(self) -> bool:
        return bool(self.digits or self._filters)

    @property
    def by_address(self) -> bool:
        """Whether something is asked for that stands in the address, as all does but the digits."""
        return bool(self.order or self._filters)

    @property
    def _filters(self) -> bool:
        return bool(self.direction or self.kind or self.day or self.own or self.paid)

    def of(self, lines: QuerySet[Any], kind: RecordKind, look: Look) -> QuerySet[Any]:
        """Those of ``lines`` (of a month, as ``kind`` has them) that are asked for, in the order asked for.

        A restriction the kind has no column for is none.
        """
        fields = {column.code: column.field for column in kind.columns if column.field}
        if self.digits and "other" in fields:
            lines = _with_digits(lines, self.digits, look)
        return _ordered(lines.filter(self._wanted(fields)), self.order, kind)

    def _wanted(self, fields: dict[str, str]) -> Q:
        wanted = Q()
        if self.direction and "direction" in fields:
            wanted &= Q(**{fields["direction"]: self.direction == "out"})
        if self.kind and "class" in fields:
            wanted &= Q(**{fields["class"]: self.kind})
        if self.own and "number" in fields:
            wanted &= Q(**{fields["number"]: self.own})
        if self.paid and "charge" in fields:
            wanted &= Q(**{f"{fields['charge']}__gt": 0})
        if self.day and "date" in fields:
            begin = timezone.make_aware(datetime.combine(self.day, time.min))
            end = timezone.make_aware(datetime.combine(self.day + timedelta(days=1), time.min))
            wanted &= Q(**{f"{fields['date']}__gte": begin, f"{fields['date']}__lt": end})
        return wanted


def _with_digits(lines: QuerySet[Any], digits: str, look: Look) -> QuerySet[Any]:
    """Lines whose other number has ``digits``, among those the reader can see: a search must not find out the rest."""
    japanese = When(other__startswith="+81", then=Concat(Value("0"), Substr("other", 4)))
    abroad = When(other__startswith="+", then=Substr("other", 2))
    written = lines.annotate(_written=Case(japanese, abroad, default=F("other")))
    if not look.whole_numbers:
        seen = When(other__startswith="+", then=Left("_written", Length("_written") - HIDDEN_DIGITS))
        written = written.annotate(_seen=Case(seen, default=F("_written")))
    found: QuerySet[Any] = written.filter(**{f"_{'written' if look.whole_numbers else 'seen'}__contains": digits})
    return found


def orders(kind: RecordKind, look: Look) -> list[tuple[str, Column]]:
    """The orders offered beside the usual one: what is a figure the largest first, own numbers one after the other."""
    figures = [(f"-{column.code}", column) for column in kind.columns_for(look) if column.field and _is_figure(column)]
    own = [(column.code, column) for column in kind.columns_for(look) if column.code == "number" and column.field]
    return figures + own


def _is_figure(column: Column) -> bool:
    return column.shape in {Shape.SECONDS, Shape.BYTES, Shape.MONEY, Shape.COUNT}


def _ordered(lines: QuerySet[Any], order: str, kind: RecordKind) -> QuerySet[Any]:
    """Equal lines stay in the order they began."""
    code = order.removeprefix("-")
    usual = list(lines.query.order_by)
    if code == "date":
        return lines.reverse() if order.startswith("-") else lines
    field = next((column.field for column in kind.columns if column.code == code and column.field), "")
    return lines.order_by(f"-{field}" if order.startswith("-") else field, *usual) if field else lines


@dataclass(frozen=True, slots=True)
class Sums:
    """How many lines there are, and what each column of figures adds up to, by its code; none where no line has one."""

    lines: int
    of: dict[str, int]


def sums(lines: QuerySet[Any], kind: RecordKind, look: Look) -> Sums:
    columns = [column for column in kind.columns_for(look) if column.field and _is_figure(column)]
    names = {f"sum_{column.code}": Sum(column.field) for column in columns}
    found = lines.order_by().aggregate(lines=Count("*"), **names)
    count = found.pop("lines")
    return Sums(count, {name.removeprefix("sum_"): value for name, value in found.items() if value is not None})
