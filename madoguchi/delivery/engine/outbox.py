"""The letters in the database, as the engine sees them: claim some, record what became of them."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

from madoguchi.delivery.engine.journal import Claim, Remains
from madoguchi.delivery.returns.rules import of_refusal
from madoguchi.lib.tokens import unseal

# Where the next claim of a mailing begins: due time and id of the last letter claimed of it. Without it each claim
# would step over the index entries of all letters sent before. What comes back behind it is found when it is dropped.
Cursor = tuple[Any, int]

# Reasons of failures that end with a relay's reply.
_AFTER_TRIES = ("refused", "expired")

_CLAIM = """
WITH cursor_ AS (
    SELECT * FROM unnest(%(mailings)s::bigint[], %(dues)s::timestamptz[], %(ids)s::bigint[]) AS c (mailing, due, id)
), picked AS MATERIALIZED (
    SELECT letter.id, open_.renderer, open_.reference, open_.lane, open_.expires
    FROM (
        SELECT m.id, m.renderer, m.reference, m.lane, extract(epoch FROM m.expires_at - now())::float8 AS expires,
               coalesce(c.due, '-infinity') AS after_due, coalesce(c.id, 0) AS after_id
        FROM delivery_mailing m LEFT JOIN cursor_ c ON c.mailing = m.id
        WHERE m.lane = %(lane)s AND m.state = 'open' AND m.finished_at IS NULL
        ORDER BY m.lane, m.id
    ) AS open_
    CROSS JOIN LATERAL (
        SELECT l.id FROM delivery_letter l
        WHERE l.mailing_id = open_.id AND l.state = 'queued' AND l.due_at <= now()
          AND (l.due_at, l.id) > (open_.after_due, open_.after_id)
          AND (l.leased_until IS NULL OR l.leased_until < to_timestamp(%(before)s))
        ORDER BY l.due_at, l.id
        LIMIT %(limit)s
        FOR UPDATE SKIP LOCKED
    ) AS letter
    LIMIT %(limit)s
)
UPDATE delivery_letter l
SET leased_until = now() + make_interval(secs => %(lease)s), tries = l.tries + 1
FROM picked
WHERE l.id = picked.id
RETURNING l.id, l.mailing_id, picked.renderer, picked.reference, picked.lane, picked.expires,
          l.due_at, l.tries, l.language, l.format, l.address, l.personal, l.sealed
"""  # the fields of Claimed, in their order

# A letter that is no longer queued (cancelled under a lease that ran out) keeps its outcome; one that another worker
# has taken over is not let go of.
_RECORD = """
UPDATE delivery_letter l
SET state = o.state, reason = o.reason, reply = o.reply, leased_until = NULL,
    finished_at = CASE WHEN o.state = 'queued' THEN NULL ELSE now() END,
    sealed = CASE WHEN o.state = 'queued' THEN l.sealed END,
    due_at = CASE WHEN o.wait > 0 THEN now() + make_interval(secs => o.wait) ELSE l.due_at END,
    tries = l.tries - o.untried
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::float8[], %s::smallint[], %s::smallint[])
     AS o (id, state, reason, reply, wait, untried, tries)
WHERE l.id = o.id AND l.state = 'queued'
  AND (o.state <> 'queued' OR (l.leased_until IS NOT NULL AND l.tries = o.tries))
"""

_SENT = """
UPDATE delivery_letter l
SET state = 'sent', reason = '', reply = o.reply, leased_until = NULL, finished_at = now(), sealed = NULL
FROM unnest(%s::bigint[], %s::text[]) AS o (id, reply)
WHERE l.id = o.id AND l.state = 'queued'
"""

# With the outcome, in one statement, that something may follow from it for the address (returns.refused).
_REFUSED = """
WITH done AS (
    UPDATE delivery_letter l
    SET state = 'failed', reason = o.reason, reply = o.reply, leased_until = NULL, finished_at = now(), sealed = NULL
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS o (id, reason, reply)
    WHERE l.id = o.id AND l.state = 'queued'
    RETURNING l.id
)
INSERT INTO delivery_refusal (letter) SELECT id FROM done ON CONFLICT DO NOTHING
"""

_RENEW = """
UPDATE delivery_letter l SET leased_until = now() + make_interval(secs => %s)
FROM unnest(%s::bigint[], %s::smallint[]) AS claim (id, tries)
WHERE l.id = claim.id AND l.tries = claim.tries AND l.state = 'queued' AND l.leased_until IS NOT NULL
RETURNING l.id
"""

_RELEASE = """
UPDATE delivery_letter l SET leased_until = NULL
FROM unnest(%s::bigint[], %s::smallint[]) AS claim (id, tries)
WHERE l.id = claim.id AND l.tries = claim.tries AND l.state = 'queued'
"""

_FINISH_ALL = """
UPDATE delivery_mailing m SET finished_at = now()
WHERE m.finished_at IS NULL AND m.checkpoint IS NULL
  AND NOT EXISTS (SELECT FROM delivery_letter l WHERE l.mailing_id = m.id AND l.state IN ('queued', 'held'))
"""

_FINISH = _FINISH_ALL + "AND m.id = ANY(%s::bigint[])"

_HELD = "SELECT DISTINCT domain FROM delivery_domainhold WHERE until > now()"

_STOPPED = "SELECT id, state FROM delivery_mailing WHERE id = ANY(%s::bigint[]) AND state <> 'open'"

# Letters that were on the wire when their mailing was cancelled, and came back.
_SKIP_CANCELLED = """
UPDATE delivery_letter l
SET state = 'skipped', reason = 'cancelled', leased_until = NULL, finished_at = now(), sealed = NULL
FROM delivery_mailing m
WHERE m.state = 'cancelled' AND m.finished_at IS NULL AND l.mailing_id = m.id AND l.state IN ('queued', 'held')
  AND (l.leased_until IS NULL OR l.leased_until < now())
"""

_DATABASE = """
SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || oid
FROM pg_database WHERE datname = current_database()
"""


@dataclass(slots=True)
class Claimed:
    """A letter this worker holds. ``expires`` is seconds from the claim."""

    id: int
    mailing: int
    renderer: str
    reference: str
    lane: int
    expires: float
    due: Any
    tries: int
    language: str
    format: str
    address: str
    personal: dict[str, str]
    sealed: bytes | None
    claimed_at: float = 0.0  # the engine's steady clock

    def values(self) -> dict[str, str]:
        """What fills the slots: the personal values and the unsealed ones."""
        values = {name: str(value) for name, value in self.personal.items()}
        if self.sealed:
            values.update(json.loads(unseal(self.sealed)))
        return values


@dataclass(slots=True)
class Outcome:
    """What became of a letter. ``queued`` means another try after ``wait`` seconds; ``untried`` gives the try back."""

    letter: int
    state: str
    reason: str = ""
    reply: str = ""
    wait: float = 0.0
    untried: bool = False
    tries: int = 0

    @property
    def speaks_of_the_address(self) -> bool:
        return self.state == "failed" and self.reason in _AFTER_TRIES and of_refusal(self.reply[:500]) is not None


async def database(connection: psycopg.AsyncConnection[Any]) -> str:
    """A name of this very database, which a copy or a fresh one on the same server does not share."""
    row = await (await connection.execute(_DATABASE)).fetchone()
    assert row is not None  # noqa: S101 - one connects to a database that exists
    return str(row[0])


async def claim(  # noqa: PLR0913 - what a claim is limited by
    connection: psycopg.AsyncConnection[Any],
    *,
    lane: int,
    limit: int,
    lease: float,
    cursors: Mapping[int, Cursor],
    before: float | None,
) -> list[Claimed]:
    """Take up to ``limit`` due letters of open mailings in ``lane`` for ``lease`` seconds, oldest mailing first.

    Leases that ended ``before`` a moment of the database's clock count no more; with ``None`` all count.
    """
    cursor = await connection.execute(
        _CLAIM,
        {
            "lane": lane,
            "limit": limit,
            "lease": lease,
            "before": before,
            "mailings": list(cursors),
            "dues": [due for due, _ in cursors.values()],
            "ids": [letter for _, letter in cursors.values()],
        },
    )
    return [Claimed(*row) for row in await cursor.fetchall()]


async def record(connection: psycopg.AsyncConnection[Any], outcomes: Iterable[Outcome]) -> None:
    """Write outcomes; writing them again changes nothing."""
    sent: list[Outcome] = []
    others: list[Outcome] = []
    refused: list[Outcome] = []
    for outcome in outcomes:
        if outcome.state == "sent":
            sent.append(outcome)
        else:
            (refused if outcome.speaks_of_the_address else others).append(outcome)
    if sent:
        await connection.execute(_SENT, [_ids(o.letter for o in sent), [o.reply[:500] for o in sent]])
    if refused:
        await connection.execute(
            _REFUSED,
            [[o.letter for o in refused], [o.reason[:60] for o in refused], [o.reply[:500] for o in refused]],
        )
    if others:
        await connection.execute(
            _RECORD,
            [
                [o.letter for o in others],
                [o.state for o in others],
                [o.reason[:60] for o in others],
                [o.reply[:500] for o in others],
                [o.wait for o in others],
                [int(o.untried) for o in others],
                [o.tries for o in others],
            ],
        )


def _ids(letters: Iterable[int]) -> str:
    """An array as PostgreSQL reads it; for plain numbers much cheaper than adapting a list."""
    return "{" + ",".join(map(str, letters)) + "}"


async def renew(connection: psycopg.AsyncConnection[Any], claims: Collection[Claim], *, lease: float) -> set[int]:
    """Hold these for ``lease`` seconds from now; return the letters among them that still were held by this claim."""
    letters, tries = [letter for letter, _ in claims], [tries for _, tries in claims]
    cursor = await connection.execute(_RENEW, [lease, letters, tries])
    return {letter for (letter,) in await cursor.fetchall()}


async def clock(connection: psycopg.AsyncConnection[Any]) -> float:
    """What the database's clock says, in seconds."""
    row = await (await connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8")).fetchone()
    return float(row[0]) if row else 0.0


async def finish(connection: psycopg.AsyncConnection[Any], mailings: Collection[int]) -> None:
    """Close those of ``mailings`` whose letters are all written and all have their outcome."""
    await connection.execute(_FINISH, [list(mailings)])


async def finish_all(connection: psycopg.AsyncConnection[Any]) -> None:
    """The same for every mailing: those that were cancelled, or whose last letters were written without being due."""
    await connection.execute(_SKIP_CANCELLED)
    await connection.execute(_FINISH_ALL)


async def stopped(connection: psycopg.AsyncConnection[Any], mailings: Collection[int]) -> dict[int, str]:
    """Those of ``mailings`` that are not open any more, with their state."""
    return dict(await (await connection.execute(_STOPPED, [list(mailings)])).fetchall())


async def held(connection: psycopg.AsyncConnection[Any]) -> set[str]:
    """The domains that are not believed at the moment when they call an address unknown."""
    return {domain for (domain,) in await (await connection.execute(_HELD)).fetchall()}


async def recover(connection: psycopg.AsyncConnection[Any], remains: Remains) -> None:
    """Record what a dead worker's relay had accepted, and let go of the rest it held."""
    await record(connection, [Outcome(letter, "sent", reply="accepted") for letter in remains.accepted])
    claims = list(remains.released)
    await connection.execute(_RELEASE, [[letter for letter, _ in claims], [tries for _, tries in claims]])
