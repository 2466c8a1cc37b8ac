"""Take an import back: its calls go, what it was stays on record, and the file may be taken in again."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from .closing.months import ImportRunning, frozen, keep_imports_out
from .imports import conflicts
from .models import Adjustment, Call, UsageImport, UsageLine

REASONS = {
    "unknown": _("There is no such import."),
    "running": _("A file is being taken in at this moment. Try again when it is done."),
    "undone": _("The import has been undone before. Nothing was changed."),
    "closed": _("Calls of the import are on the bills of %(value)s, which is closed. They can only be corrected."),
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
    """What taking an import back would do: lines that go, and records kept apart for a decision."""

    lines: int
    conflicts: int


@transaction.atomic
def undo_import(number: int, *, now: datetime, wait: bool = True) -> int:
    """Delete the lines, late lines and conflicts of an import; returns how many lines went. What its records took the
    place of comes back.

    Waits for an import or closing that is running; without ``wait`` one stands against it. Raises :class:`CannotUndo`.
    """
    try:
        keep_imports_out(wait=wait)
    except ImportRunning as error:
        raise CannotUndo("running") from error
    usage_import = _undoable(UsageImport.objects.select_for_update(), number)
    gone = 0
    for lines in _lines(usage_import):
        months = set(lines.values_list("month", flat=True).distinct())  # named, so that only their partitions are asked
        gone += lines.filter(month__in=months).delete()[0]
    conflicts.give_back(usage_import.pk)
    usage_import.conflicts.all().delete()
    usage_import.undone_at = now
    usage_import.save(update_fields=["undone_at"])
    return gone


def outlook(number: int) -> Outlook:
    """What :func:`undo_import` would do. Raises :class:`CannotUndo` as it would."""
    usage_import = _undoable(UsageImport.objects.all(), number)
    return Outlook(sum(lines.count() for lines in _lines(usage_import)), usage_import.conflicts.count())


def _lines(usage_import: UsageImport) -> list[models.QuerySet[Any]]:
    return [model._default_manager.filter(usage_import=usage_import) for model in (Call, UsageLine, Adjustment)]


def _undoable(imports: models.QuerySet[UsageImport], number: int) -> UsageImport:
    """The import, unless something stands against taking it back."""
    usage_import = imports.filter(pk=number).first()
    if usage_import is None:
        raise CannotUndo("unknown")
    if usage_import.undone_at:
        raise CannotUndo("undone")
    months: set[date] = set()
    for lines in _lines(usage_import):
        months.update(lines.values_list("month", flat=True).distinct())
    if closed := frozen(months):
        raise CannotUndo("closed", ", ".join(f"{month:%Y-%m}" for month in sorted(closed)))
    if later := _that_found_it_stored(usage_import):
        raise CannotUndo("later", str(later.pk))
    return usage_import


def _that_found_it_stored(usage_import: UsageImport) -> UsageImport | None:
    """The last import that may have left out what this one stored. Call ids are of a switch: others cannot have."""
    after = UsageImport.objects.filter(pk__gt=usage_import.pk, source=usage_import.source, undone_at=None)
    return after.exclude(skipped=0, conflicting=0).order_by("pk").last()
