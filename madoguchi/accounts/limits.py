"""How often a thing may be tried: leaky buckets in PostgreSQL, so that every process counts into the same ones.

Two buckets stand beside each other, never one on the pair: what is aimed at (an address) and where it comes from (a
network). One guards a person from the whole world, the other the site from one place.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from madoguchi.accounts.models import TryLevel
from madoguchi.lib.tokens import digest


@dataclass(frozen=True, slots=True)
class Limit:
    """``tries`` at once; a full bucket empties evenly over ``period``."""

    name: str
    tries: int
    period: timedelta

    @property
    def one_empties(self) -> timedelta:
        """How long one try takes to run out of the bucket."""
        return self.period / self.tries


LOGIN_TARGET = Limit("login target", 10, timedelta(minutes=15))
LOGIN_SOURCE = Limit("login source", settings.LOGIN_TRIES_PER_SOURCE, timedelta(minutes=15))
LOGIN_CODE = Limit("login code", 5, timedelta(minutes=15))
REGISTRATION_FORM = Limit("registration form", 300, timedelta(hours=1))
REGISTRATION_TARGET = Limit("registration target", 10, timedelta(hours=1))
# Of the ten, so that one stranger cannot keep the owner of the address from registering it.
REGISTRATION_SHARE = Limit("registration share", 5, timedelta(hours=1))
REGISTRATION_SOURCE = Limit("registration source", 200, timedelta(hours=1))
FORGOT_TARGET = Limit("forgotten target", 5, timedelta(hours=1))
FORGOT_SOURCE = Limit("forgotten source", 100, timedelta(hours=1))
# Apart from the customer's own, which strangers can use up: they shall not keep the staff from helping.
FORGOT_STAFF = Limit("forgotten staff", 5, timedelta(hours=1))
RESET_SOURCE = Limit("reset source", 100, timedelta(hours=1))
PASSWORD_CHECK = Limit("password check", 600, timedelta(minutes=15))
ADDRESS_CHANGE = Limit("address change", 10, timedelta(hours=1))
ADDRESS_TARGET = Limit("address target", 10, timedelta(hours=1))
ADDRESS_SHARE = Limit("address share", 5, timedelta(hours=1))
DESTINATION_MAIL = Limit("destination mail", 10, timedelta(hours=1))
TRIAL_MAIL = Limit("trial mail", 5, timedelta(hours=1))


class TooMany(Exception):
    """The bucket of ``limit`` is full; the page answers 429 and says after which ``wait`` a try fits in again, at the
    latest.
    """

    def __init__(self, wait: timedelta, *, limit: Limit | None = None) -> None:
        super().__init__(wait)
        self.wait, self.limit = wait, limit

    @property
    def seconds(self) -> int:
        return math.ceil(self.wait.total_seconds())


def drained(level: float, *, elapsed: timedelta, limit: Limit) -> float:
    """What is left of ``level`` tries after ``elapsed``. A clock set back drains nothing."""
    return max(0.0, level - limit.tries * max(timedelta(), elapsed) / limit.period)


def fits(level: float, *, limit: Limit) -> bool:
    """Whether one more try fits in."""
    return level + 1 <= limit.tries


def take(limit: Limit, whom: str, *, tries: int = 1) -> None:
    """Count ``tries`` of ``whom`` (an address, a network, an account's number), or raise :class:`TooMany`.

    Counted before the try, so that many at the same moment cannot slip through; :func:`give_back` after a good one.
    One statement, which locks the bucket no longer than it runs; the arithmetic is :func:`drained` and :func:`fits`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, asked(limit, whom) | {"taken": tries})
        if cursor.fetchone() is None:
            raise TooMany(limit.one_empties * tries, limit=limit)


def give_back(limit: Limit, whom: str) -> None:
    """The try was no guess: as if it had not been counted."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, asked(limit, whom))


def release(limit: Limit, whom: str) -> None:
    """Forget every try of ``whom``."""
    TryLevel.objects.filter(key=key_of(limit, whom)).delete()


def full(limit: Limit, whom: str) -> bool:
    """Whether ``whom`` has no try left now."""
    return full_until(limit, whom) is not None


def full_until(limit: Limit, whom: str) -> datetime | None:
    """When the next try of ``whom`` fits in; ``None`` where one does now."""
    bucket = TryLevel.objects.filter(key=key_of(limit, whom)).first()
    if bucket is None:
        return None
    now = timezone.now()
    level = drained(bucket.level, elapsed=now - bucket.at, limit=limit)
    return None if fits(level, limit=limit) else now + (level + 1 - limit.tries) * limit.one_empties


def taking(prefix: str = "", *, key: str = "", after: str = "") -> str:
    """SQL that counts, and answers with a row, unless the bucket is full; the values are those of :func:`asked`.

    ``key`` is SQL for the bucket's key where it is not known beforehand, ``after`` where the try is taken from.
    """
    return f"""
        INSERT INTO accounts_trylevel AS bucket (key, level, at)
        SELECT {key or f"%({prefix}key)s::text"}, %(taken)s::int, %(now)s::timestamptz {after}
        ON CONFLICT (key) DO UPDATE SET level = {_drained(prefix)} + %(taken)s::int, at = excluded.at
        WHERE {_drained(prefix)} + %(taken)s::int <= %({prefix}tries)s::int
        RETURNING true
    """


def giving_back(prefix: str = "", *, after: str = "") -> str:
    """SQL that takes a try back; the values are those of :func:`asked`."""
    return f"""
        UPDATE accounts_trylevel AS bucket
        SET level = GREATEST(0, {_drained(prefix)} - 1), at = %(now)s::timestamptz
        WHERE key = %({prefix}key)s::text {after}
    """  # noqa: S608 - put together from constants; values are parameters


def asked(limit: Limit, whom: str, *, prefix: str = "") -> dict[str, str | float | datetime]:
    """The values of the statements above, their names beginning with ``prefix``."""
    return {
        f"{prefix}key": key_of(limit, whom),
        f"{prefix}tries": limit.tries,
        f"{prefix}period": limit.period.total_seconds(),
        "taken": 1,
        "now": timezone.now(),
    }


def _drained(prefix: str) -> str:
    return (
        f"GREATEST(0, bucket.level - %({prefix}tries)s::int"
        f" * GREATEST(0, EXTRACT(EPOCH FROM %(now)s::timestamptz - bucket.at))::float8 / %({prefix}period)s::float8)"
    )


_TAKE = taking()
_GIVE_BACK = giving_back()


def key_of(limit: Limit, whom: str) -> str:
    """Under which the bucket is kept."""
    return digest(f"{limit.name}: {whom}")


def forget(*, now: datetime) -> int:
    """Drop the buckets nobody touched for a day: every limit's period is shorter. Returns how many."""
    return TryLevel.objects.filter(at__lt=now - timedelta(days=1)).delete()[0]
