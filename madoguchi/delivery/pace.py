"""How a mailing is getting on: what became of its letters, how fast they leave, how long the rest will take.

Counting a million letters takes about a second. So it is counted once for everybody who looks, into a row of its own
(:class:`~madoguchi.delivery.models.Reading`), and not again before ten times as long has passed as it took.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from madoguchi.delivery.models import Letter, Mailing, Reading

FRESH = timedelta(seconds=2)  # at least, however quick counting was
COST = 10  # counting takes at most one part in so many of one processor's time
SETTLED = timedelta(minutes=10)  # what is finished changes only by what comes back

# All moments by the database's clock, which also wrote the outcomes. GREATEST passes over a null.
_COUNT = """
WITH lately AS (SELECT greatest(statement_timestamp() - interval '1 minute', resumed_at) AS since
                FROM delivery_mailing WHERE id = %s)
SELECT state, reason, count(*),
       count(*) FILTER (WHERE state = 'sent' AND finished_at > since),
       extract(epoch FROM statement_timestamp()
           - min(finished_at) FILTER (WHERE state = 'sent' AND finished_at > since))::float8
FROM delivery_letter, lately WHERE mailing_id = %s GROUP BY state, reason ORDER BY state, reason
"""
# Beside the mailing's id, so that no other lock of the product is meant.
_LOCK = 0x70616365


@dataclass(frozen=True, slots=True)
class Pace:
    """Letters by what became of them; ``reasons`` says why, by state: ``{"failed": {"refused": 5}}``.

    ``rate`` is letters sent a second, over the last minute, or since the first of them or of those after a pause;
    ``eta`` seconds until none is queued at that rate, None when nothing moves. All as of ``at``.
    """

    at: datetime
    queued: int = 0
    held: int = 0
    sent: int = 0
    skipped: int = 0
    failed: int = 0
    bounced: int = 0
    suppressed: int = 0
    rate: float = 0.0
    eta: float | None = None
    reasons: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.done + self.left

    @property
    def done(self) -> int:
        """Letters that have their outcome."""
        return self.sent + self.skipped + self.failed + self.bounced + self.suppressed

    @property
    def left(self) -> int:
        """Letters that have not left yet."""
        return self.queued + self.held

    @property
    def share(self) -> int:
        """Of all letters those that have their outcome, in percent; 100 only when none is left."""
        return self.done * 100 // self.total if self.total else 0

    @property
    def retrying(self) -> int:
        """Queued letters that were tried before."""
        return sum(number for reason, number in self.reasons.get("queued", {}).items() if reason)

    def by_state(self) -> dict[str, int]:
        """As :meth:`Mailing.progress` has it: the states that occur."""
        return {state: number for state in Letter.State.values if (number := getattr(self, state))}


def pace(mailing: Mailing) -> Pace:
    """How ``mailing`` is getting on, counted lately enough."""
    reading = Reading.objects.filter(mailing=mailing).first()
    if reading and not is_stale(mailing, reading):
        return _pace(reading)
    return _pace(read(mailing) or mailing.reading)


def keep_up() -> None:
    """Count what is under way, and once more what has finished since: so that hardly anybody who looks has to wait."""
    over = Mailing.objects.filter(finished_at__gt=timezone.now() - timedelta(days=1))
    uncounted = over.exclude(reading__taken_at__gt=F("finished_at"))
    for mailing in (Mailing.objects.filter(finished_at=None) | uncounted).filter(single=False):
        pace(mailing)


def is_stale(mailing: Mailing, reading: Reading) -> bool:
    least = FRESH
    if mailing.finished_at and reading.taken_at > mailing.finished_at:
        least = SETTLED
    return timezone.now() - reading.taken_at > max(least, timedelta(seconds=reading.took * COST))


@transaction.atomic
def read(mailing: Mailing) -> Reading | None:
    """Count now and keep it; None when somebody else is just counting and there is an earlier reading to show."""
    before = Reading.objects.filter(mailing=mailing).first()
    with connection.cursor() as cursor:
        if before:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, mailing.pk % 2**31])
            if not cursor.fetchone()[0]:
                return None
        began = time.perf_counter()
        cursor.execute(_COUNT, [mailing.pk] * 2)
        rows = cursor.fetchall()
    took = time.perf_counter() - began
    reading, _ = Reading.objects.update_or_create(
        mailing=mailing,
        defaults={
            "taken_at": timezone.now(),
            "took": took,
            "counts": [[state, reason, number] for state, reason, number, *_ in rows],
            "lately": sum(row[3] for row in rows),
            "span": max((row[4] or 0.0 for row in rows), default=0.0),
        },
    )
    return reading


def _pace(reading: Reading) -> Pace:
    reasons: dict[str, dict[str, int]] = {}
    for state, reason, number in reading.counts:
        reasons.setdefault(state, {})[reason] = number
    numbers = {state: sum(by_reason.values()) for state, by_reason in reasons.items()}
    rate = reading.lately / max(reading.span, 1.0)
    queued = numbers.get("queued", 0)
    return Pace(
        at=reading.taken_at, rate=rate, eta=queued / rate if queued and rate else None, reasons=reasons, **numbers
    )
