"""配信希望曜日・時間: whether a destination's days and hours are open at a moment. Worked table: ``docs/notices.md``.

Days are seven bits, bit 0 = Sunday; hours are 24 bits, bit h = the hour h:00–h:59; both on the wall clock of the
customer's time zone. The moment that counts is the publication of the report.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

# Wherever a pair of day and hour is ticked at all, it comes within a week; a day more for clocks that are put forward.
LOOK_AHEAD_HOURS = 8 * 24


def zone_named(name: str) -> ZoneInfo:
    """The zone of that name; the operator's own where there is none, so that one bad row stops no mailing."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(settings.TIME_ZONE)


def bits(at: datetime, *, zone: ZoneInfo) -> tuple[int, int]:
    """The day's and the hour's bit at the aware moment ``at``."""
    local = at.astimezone(zone)
    return 1 << local.isoweekday() % 7, 1 << local.hour


def is_open(days: int, hours: int, *, at: datetime, zone: ZoneInfo) -> bool:
    day, hour = bits(at, zone=zone)
    return bool(days & day and hours & hour)


def coming_hours(at: datetime, *, zone: ZoneInfo) -> Iterator[tuple[datetime, int, int]]:
    """The beginnings of the hours after ``at`` (in UTC) with the day's and the hour's bit of each."""
    local = at.astimezone(zone)
    this_hour = local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    for ahead in range(1, LOOK_AHEAD_HOURS + 1):
        begins = this_hour + timedelta(hours=ahead)
        yield begins, *bits(begins, zone=zone)


def next_opening(days: int, hours: int, *, at: datetime, zone: ZoneInfo) -> datetime | None:
    """The beginning (in UTC) of the first open hour after ``at``; None when nothing is ticked."""
    return next((begins for begins, day, hour in coming_hours(at, zone=zone) if days & day and hours & hour), None)
