"""Numbers people call in need, which others who see the statement may not be meant to know of.

They are a file with days, not code: services for those in need come, go and change their numbers. The operator's own
stands in its place (``MADOGUCHI_SENSITIVE_NUMBERS``).
"""

import csv
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from madoguchi.statements import numbers

SHIPPED = Path(__file__).parent.parent / "data" / "sensitive-numbers.csv"


@dataclass(frozen=True, slots=True)
class SensitiveNumber:
    """``number`` as calls have it (E.164, or a special number as dialled); ``until``: its last day."""

    number: str
    since: date | None
    until: date | None
    name_ja: str
    name_en: str

    def holds_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def sensitive_numbers() -> tuple[SensitiveNumber, ...]:
    return _read(Path(settings.SENSITIVE_NUMBERS or SHIPPED))


@lru_cache(maxsize=2)
def _read(path: Path) -> tuple[SensitiveNumber, ...]:
    """Raises :class:`ValueError` (a day, a column), :class:`~..reasons.Unreadable` (a number) or :class:`OSError`."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(
            SensitiveNumber(
                numbers.normalise(row["number"]).e164,
                _day(row["since"]),
                _day(row["until"]),
                row["name_ja"],
                row["name_en"],
            )
            for row in csv.DictReader(file)
        )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def is_sensitive(number: str, at: datetime) -> bool:
    day = timezone.localdate(at)
    return any(each.number == number and each.holds_on(day) for each in sensitive_numbers())


def calls_to_them(*, other: str = "other", started_at: str = "started_at") -> Q:
    """Lines whose other party is one of them on the day: those called, and those who call back.

    ``other`` and ``started_at``: what the columns are called that say which line it is.
    """
    always = [each.number for each in sensitive_numbers() if each.since is None and each.until is None]
    found = Q(**{f"{other}__in": always})
    for each in sensitive_numbers():
        if each.since or each.until:
            lasting = Q(**{other: each.number})
            if each.since:
                lasting &= Q(**{f"{started_at}__gte": _begin(each.since)})
            if each.until:
                lasting &= Q(**{f"{started_at}__lt": _begin(each.until + timedelta(days=1))})
            found |= lasting
    return found


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
