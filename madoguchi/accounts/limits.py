"""How often a thing may be tried: leaky buckets in PostgreSQL, so that every process counts into the same ones.

Two buckets stand beside each other, never one on the pair: what is aimed at (an address) and where it comes from (a
network). One guards a person from the whole world, the other the site from one place.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from madoguchi.accounts.models import TryLevel
from madoguchi.lib.tokens import digest


@dataclass(frozen=True, slots=True)
class Limit:
    """``tries`` at once; a full bucket empties evenly over ``period``."""

    name: str
    tries: int
    period: timedelta


LOGIN_TARGET = Limit("login target", 10, timedelta(minutes=15))
LOGIN_SOURCE = Limit("login source", settings.LOGIN_TRIES_PER_SOURCE, timedelta(minutes=15))
LOGIN_CODE = Limit("login code", 5, timedelta(minutes=15))
REGISTRATION_FORM = Limit("registration form", 300, timedelta(hours=1))
REGISTRATION_TARGET = Limit("registration target", 10, timedelta(hours=1))
REGISTRATION_SOURCE = Limit("registration source", 200, timedelta(hours=1))


class TooMany(Exception):
    """The bucket is full; the page answers 429."""


def drained(level: float, *, elapsed: timedelta, limit: Limit) -> float:
    """What is left of ``level`` tries after ``elapsed``. A clock set back drains nothing."""
    return max(0.0, level - limit.tries * max(timedelta(), elapsed) / limit.period)


def fits(level: float, *, limit: Limit) -> bool:
    """Whether one more try fits in."""
    return level + 1 <= limit.tries


def take(limit: Limit, whom: str) -> None:
    """Count one try of ``whom`` (an address, a network, an account's number), or raise :class:`TooMany`.

    Counted before the try, so that many at the same moment cannot slip through; :func:`give_back` after a good one.
    """
    with transaction.atomic():
        bucket, now = _locked(limit, whom), timezone.now()
        level = drained(bucket.level, elapsed=now - bucket.at, limit=limit)
        if not fits(level, limit=limit):
            raise TooMany
        _store(bucket, level + 1, now)


def give_back(limit: Limit, whom: str) -> None:
    """The try was no guess: as if it had not been counted."""
    with transaction.atomic():
        bucket, now = _locked(limit, whom), timezone.now()
        _store(bucket, max(0.0, drained(bucket.level, elapsed=now - bucket.at, limit=limit) - 1), now)


def release(limit: Limit, whom: str) -> None:
    """Forget every try of ``whom``."""
    TryLevel.objects.filter(key=digest(f"{limit.name}: {whom}")).delete()


def full(limit: Limit, whom: str) -> bool:
    """Whether ``whom`` has no try left now."""
    bucket = TryLevel.objects.filter(key=digest(f"{limit.name}: {whom}")).first()
    if bucket is None:
        return False
    return not fits(drained(bucket.level, elapsed=timezone.now() - bucket.at, limit=limit), limit=limit)


def _locked(limit: Limit, whom: str) -> TryLevel:
    key = digest(f"{limit.name}: {whom}")
    TryLevel.objects.bulk_create([TryLevel(key=key, level=0)], ignore_conflicts=True)
    return TryLevel.objects.select_for_update().get(key=key)


def _store(bucket: TryLevel, level: float, now: datetime) -> None:
    bucket.level, bucket.at = level, now
    bucket.save(update_fields=["level", "at"])


def forget(*, now: datetime) -> int:
    """Drop the buckets nobody touched for a day: every limit's period is shorter. Returns how many."""
    return TryLevel.objects.filter(at__lt=now - timedelta(days=1)).delete()[0]
