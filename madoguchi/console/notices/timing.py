"""The minutes that count while trouble lasts: since the start, since the last report, until the next one is due."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from madoguchi.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Timing:
    """Whole minutes, each None where it does not apply; ``next_due`` is negative when the report is overdue."""

    since_start: int | None
    since_report: int | None
    next_due: int | None

    @property
    def overdue(self) -> int | None:
        return -self.next_due if self.next_due is not None and self.next_due < 0 else None

    @classmethod
    def of(cls, notice: Notice, *, now: datetime | None = None) -> "Timing":
        now = now or timezone.now()
        open_now = notice.is_in_force

        def minutes(start: datetime | None, end: datetime | None) -> int | None:
            return int((end - start).total_seconds() // 60) if open_now and start and end else None

        return cls(
            since_start=minutes(notice.started_at, now),
            since_report=minutes(notice.last_published_at, now),
            next_due=minutes(now, notice.next_report_due),
        )
