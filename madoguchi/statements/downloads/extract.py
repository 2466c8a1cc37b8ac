"""What a file of a statement holds: which lines, what they add up to, and what the month costs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from madoguchi.statements.billing.words import lines_of, percent
from madoguchi.statements.closing.parts import Kind
from madoguchi.statements.statement import Statement
from madoguchi.statements.usage.declared import Column, Look, Shape

# Lines fetched from the database's cursor at a time.
BATCH = 2000
_FIGURES = {Shape.SECONDS, Shape.BYTES, Shape.MONEY, Shape.COUNT}


@dataclass(frozen=True, slots=True)
class Amount:
    """A line of what the month costs: milli-yen before tax, or where ``yen``, whole yen; the share of tax is yen."""

    words: str
    below: str
    amount: int
    tax_share: int | None = None
    yen: bool = False


@dataclass(frozen=True)
class Extract:
    """``about``: (what, which) of the file as a whole. ``lines``: as asked for, in the order asked for."""

    title: str
    about: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    look: Look
    lines: QuerySet[Any]
    amounts: Sequence[Amount]
    made_at: datetime

    def each(self) -> Iterator[Any]:
        """The lines through a cursor of the database: one statement's view of them, however long it takes to send."""
        with transaction.atomic():
            yield from self.lines.iterator(chunk_size=BATCH)

    def sums(self) -> "Sums":
        return Sums(self.columns, self.look)


class Sums:
    """Adds up the lines that went into a file: what is below them is of exactly these."""

    def __init__(self, columns: Sequence[Column], look: Look) -> None:
        self.lines = 0
        # What no line says of data is unknown, not nothing.
        self.of: dict[str, int | None] = {
            column.code: None if column.shape == Shape.BYTES else 0
            for column in columns
            if column.field and column.shape in _FIGURES
        }

    def add(self, code: str, value: int | None) -> None:
        if value is not None and code in self.of:
            self.of[code] = (self.of[code] or 0) + value

    @property
    def words(self) -> str:
        return _("Sum of %(n)s lines") % {"n": f"{self.lines:,}"}


def amounts(statement: Statement) -> list[Amount]:
    """How the month's total comes about, in the order of a bill."""
    settled = statement.settled
    if not settled.parts:
        return []
    found = [Amount(line.words, line.below, line.amount, line.tax_share) for line in lines_of(settled, statement.month)]
    found.append(Amount(_("Before tax"), "", statement.subtotal))
    for part in settled.of(Kind.TAX):
        found.append(
            Amount(_("Consumption tax (%(rate)s)") % {"rate": percent(part.rate)}, "", part.tax_yen or 0, yen=True)
        )
    if statement.cut:
        found.append(Amount(_("Below one yen, not billed"), "", -statement.cut))
    return [*found, Amount(_("Total, tax included"), "", statement.total, yen=True)]


Writer = Callable[[Extract], Iterator[bytes]]
