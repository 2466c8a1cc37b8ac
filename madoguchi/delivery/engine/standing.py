"""What this worker says of its relays and of groups in a pause, for the console: rows that fade with it."""

import os
import socket
from collections.abc import Mapping, Sequence

from madoguchi.delivery.engine.link import Link
from madoguchi.delivery.engine.pacing import Pacing
from madoguchi.delivery.engine.relays import Standing, choose
from madoguchi.delivery.engine.route import Route

HEARTBEAT = 10.0  # seconds after which unchanged rows are written again

_RELAYS = """
INSERT INTO delivery_relaystate AS old (worker, relay, state, detail, connections)
SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::text[], %s::smallint[])
ON CONFLICT (worker, relay) DO UPDATE
SET state = EXCLUDED.state, detail = EXCLUDED.detail, connections = EXCLUDED.connections, seen_at = now(),
    since = CASE WHEN old.state = EXCLUDED.state THEN old.since ELSE now() END
"""
_GROUPS = """
INSERT INTO delivery_grouppause AS old (worker, "group", until)
SELECT %s, name, now() + make_interval(secs => wait) FROM unnest(%s::text[], %s::float8[]) AS paused (name, wait)
ON CONFLICT (worker, "group") DO UPDATE SET until = EXCLUDED.until, seen_at = now()
"""
# One's own that are over, and those of workers that ended without a word.
_OVER = """DELETE FROM delivery_grouppause
WHERE (worker = %s AND NOT ("group" = ANY(%s::text[]))) OR seen_at < now() - interval '1 minute'"""
_GONE = "DELETE FROM delivery_relaystate WHERE seen_at < now() - interval '1 minute'"
_FAREWELL = ("DELETE FROM delivery_relaystate WHERE worker = %s", "DELETE FROM delivery_grouppause WHERE worker = %s")

Row = tuple[str, str, str, int]


def states(routes: Sequence[Route]) -> list[Row]:
    """Relay, state, the last trouble and connections, by the words of ``RelayState.State``."""
    standings = [route.standing() for route in routes]
    carrier, _ = choose(standings)
    return [
        (
            route.relay.name,
            "away" if standing is not Standing.WELL else "well" if number == carrier else "standby",
            route.trouble,
            route.connections,
        )
        for number, (route, standing) in enumerate(zip(routes, standings, strict=True))
    ]


class Teller:
    """Writes the rows when they have changed, or have not been written for a while."""

    def __init__(self) -> None:
        self._worker = f"{socket.gethostname()}/{os.getpid()}"
        self._told: tuple[list[Row], set[str]] | None = None
        self._told_at = 0.0

    async def tell(self, link: Link, routes: Sequence[Route], pacing: Pacing, *, now: float) -> None:
        """``now`` is the clock of ``pacing``. Raises :class:`psycopg.OperationalError`."""
        paused: Mapping[str, float] = pacing.pauses(now)
        rows = states(routes)
        if self._told == (rows, set(paused)) and now < self._told_at + HEARTBEAT:
            return
        connection = await link.get()
        await connection.execute(_RELAYS, [self._worker, *(list(column) for column in zip(*rows, strict=True))])
        if paused:
            await connection.execute(_GROUPS, [self._worker, list(paused), list(paused.values())])
        await connection.execute(_OVER, [self._worker, list(paused)])
        await connection.execute(_GONE)
        self._told, self._told_at = (rows, set(paused)), now

    async def part(self, link: Link) -> None:
        connection = await link.get()
        for statement in _FAREWELL:
            await connection.execute(statement, [self._worker])
