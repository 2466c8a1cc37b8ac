"""Take an import back: its lines go, what it was stays on record, and the file may be taken in again.

Lines of closed months stay as they were billed; they are credited on the next open bills (:mod:`.undo_billed`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from . import undo_billed
from .closing import archive
from .closing.months import ImportRunning, frozen, keep_imports_out
from .imports import conflicts
from .models import Adjustment, BillingMonth, Call, UsageImport, UsageLine
from .undo_billed import Credit

REASONS = {
    "unknown": _("There is no such import."),
    "running": _("A file is being taken in at this moment. Try again when it is done."),
    "undone": _("The import has been undone before. Nothing was changed."),
    "closing": _("%(value)s, with lines of the import, is being closed. Wait for its end, or call the closing off."),
    "dropped": _("Lines of the import are of %(value)s, and in the archive alone by now: they cannot be taken back."),
    "later": _("Import %(value)s left out calls because this one had stored them. Undo that one first."),
}


class CannotUndo(Exception):
    """The import stays; ``reason`` is a key of ``REASONS``, ``value`` which month or import is in the way."""

    def __init__(self, reason: str, value: str = "") -> None:
        super().__init__(reason, value)
        self.reason, self.value = reason, value

    def sentence(self) -> str:
        """The reason in the active language."""
        return str(REASONS[self.reason]) % {"value": self.value}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What taking an import back would do: lines that go, records kept apart for a decision that go with them, and
    what the next bills credit of closed months."""

    lines: int
    conflicts: int
    credits: list[Credit]


@dataclass(frozen=True, slots=True)
class Undone:
    """Lines that went, and lines of closed months that were put right."""

    lines: int
    put_right: int


@transaction.atomic
def undo_import(number: int, *, now: datetime, wait: bool = True) -> Undone:
    """Delete the lines, late lines and conflicts of an import, and put right what of it was billed. What its records
    took the place of comes back.

    Waits for an import or closing that is running; without ``wait`` one stands against it. Raises :class:`CannotUndo`.
    """
    try:
        keep_imports_out(to=f"taking import {number} back", wait=wait)
    except ImportRunning as error:
        raise CannotUndo("running") from error
    usage_import = _undoable(UsageImport.objects.select_for_update(), number)
    gone = undo_billed.delete_later(usage_import.pk)
    for lines in _open_lines(usage_import):
        gone += lines.delete()[0]
    credited = undo_billed.put_right(usage_import.pk)
    conflicts.give_back(usage_import.pk)
    usage_import.conflicts.all().delete()
    usage_import.undone_at = now
    usage_import.save(update_fields=["undone_at"])
    return Undone(gone, credited)


def outlook(number: int) -> Outlook:
    """What :func:`undo_import` would do. Raises :class:`CannotUndo` as it would."""
    usage_import = _undoable(UsageImport.objects.all(), number)
    later = undo_billed.later_lines(usage_import.pk)
    lines = later + sum(lines.count() for lines in _open_lines(usage_import))
    return Outlook(lines, usage_import.conflicts.count(), undo_billed.credits(usage_import.pk))


def _open_lines(usage_import: UsageImport) -> Iterator[models.QuerySet[Any]]:
    """Its lines in months that still take lines."""
    for lines in _lines(usage_import):
        months = _months(lines)  # named, so that only their partitions are asked
        yield lines.filter(month__in=months - frozen(months))


def _months(lines: models.QuerySet[Any], name: str = "month") -> set[date]:
    return set(lines.values_list(name, flat=True).distinct())


def _lines(usage_import: UsageImport) -> list[models.QuerySet[Any]]:
    return [model._default_manager.filter(usage_import=usage_import) for model in (Call, UsageLine)]


def _undoable(imports: models.QuerySet[UsageImport], number: int) -> UsageImport:
    """The import, unless something stands against taking it back."""
    usage_import = imports.filter(pk=number).first()
    if usage_import is None:
        raise CannotUndo("unknown")
    if usage_import.undone_at:
        raise CannotUndo("undone")
    months = {month for lines in _lines(usage_import) for month in _months(lines)}
    late = _months(Adjustment.objects.filter(usage_import=usage_import), "for_month")
    bills = _months(Adjustment.objects.filter(usage_import=usage_import))
    states = BillingMonth.objects.filter(month__in=months | late | bills)
    if closing := states.filter(frozen_at__isnull=False, closed_at=None):
        raise CannotUndo("closing", _said(closing))
    if dropped := states.filter(month__in=late, dropped_at__isnull=False) or _dropped_with(usage_import):
        raise CannotUndo("dropped", _said(dropped))
    if later := _that_found_it_stored(usage_import):
        raise CannotUndo("later", str(later.pk))
    return usage_import


def _that_found_it_stored(usage_import: UsageImport) -> UsageImport | None:
    """The last import that may have left out what this one stored. Call ids are of a switch: others cannot have."""
    after = UsageImport.objects.filter(pk__gt=usage_import.pk, source=usage_import.source, undone_at=None)
    return after.exclude(skipped=0, conflicting=0).order_by("pk").last()


def _dropped_with(usage_import: UsageImport) -> list[BillingMonth]:
    """The months whose lines have left the database, some of this import's among them, as their archives tell.

    One that cannot be read may have had some."""
    since = BillingMonth.objects.filter(dropped_at__gt=usage_import.imported_at).order_by("month")
    return [state for state in since if archive.has_lines_of(state.month, usage_import.pk)]


def _said(states: Iterable[BillingMonth]) -> str:
    return ", ".join(date_format(state.month, "YEAR_MONTH_FORMAT") for state in states)
