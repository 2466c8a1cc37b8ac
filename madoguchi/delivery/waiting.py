"""How much is waiting to be done, and for how long: mail by lane, and background jobs."""

from dataclasses import dataclass

from django.db import connection

from madoguchi.delivery.models import Mailing
from madoguchi.delivery.pace import pace
from madoguchi.lib.lanes import Lane

# By mailing, so that each is one look into the index of waiting letters.
_OLDEST = """
SELECT m.lane, extract(epoch FROM now() - min(first.due_at))::float8, count(*) FILTER (WHERE m.single)
FROM delivery_mailing m
CROSS JOIN LATERAL (
    SELECT l.due_at FROM delivery_letter l
    WHERE l.mailing_id = m.id AND l.state = 'queued' AND l.due_at <= now() AND l.leased_until IS NULL
    ORDER BY l.due_at LIMIT 1
) AS first
WHERE m.state = 'open' AND m.finished_at IS NULL
GROUP BY m.lane
"""
_JOBS = """
SELECT count(*), coalesce(extract(epoch FROM now() - min(greatest(job.scheduled_at, deferred.at))), 0)::float8
FROM procrastinate_jobs job
JOIN procrastinate_events deferred ON deferred.job_id = job.id AND deferred.type = 'deferred'
WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())
"""
_WORKERS = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'"
_FAILED = """
SELECT count(DISTINCT job_id) FROM procrastinate_events WHERE type = 'failed' AND at > now() - interval '1 day'
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """``number`` that are due, ``oldest`` in seconds since the first of them was; ``failed`` in the last 24 hours."""

    number: int = 0
    oldest: float = 0.0
    failed: int = 0


def jobs() -> Queue:
    with connection.cursor() as cursor:
        cursor.execute(_JOBS)
        number, oldest = cursor.fetchone()
        cursor.execute(_FAILED)
        (failed,) = cursor.fetchone()
    return Queue(number=number, oldest=oldest, failed=failed)


def job_workers() -> int:
    """Workers that run jobs and reported lately; each does every ten seconds."""
    with connection.cursor() as cursor:
        cursor.execute(_WORKERS)
        (alive,) = cursor.fetchone()
    return int(alive)


def letters() -> dict[Lane, Queue]:
    """By lane. Of mailings to many the number is as of their last count (:mod:`madoguchi.delivery.pace`)."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        found = {lane: (oldest, singles) for lane, oldest, singles in cursor.fetchall()}
    numbers = dict.fromkeys(Lane, 0)
    for mailing in Mailing.objects.filter(state=Mailing.State.OPEN, finished_at=None, single=False):
        numbers[Lane(mailing.lane)] += pace(mailing).queued
    return {
        lane: Queue(number=numbers[lane] + found.get(lane, (0, 0))[1], oldest=found.get(lane, (0.0, 0))[0])
        for lane in Lane
    }


def check() -> tuple[bool, int]:
    """The age of the oldest job, for ``/readyz``. Never unwell: a site without its worker still has pages to show."""
    return True, round(jobs().oldest)
