"""What the workers say of the relays and of the groups of addresses they leave in peace, put together."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils import timezone

from madoguchi.delivery.models import GroupPause, RelayState


@dataclass(frozen=True, slots=True)
class Standing:
    """One relay over all workers: the best state any of them has with it, since when, and their connections."""

    relay: str
    state: str
    since: datetime
    detail: str
    connections: int
    workers: int


_BEST = (RelayState.State.WELL, RelayState.State.STANDBY, RelayState.State.AWAY)


def relays() -> list[Standing]:
    """Every relay a living worker knows, in the order of their names; empty when no worker lives."""
    by_relay: dict[str, list[RelayState]] = {}
    for row in RelayState.objects.current().order_by("relay", "-since"):
        by_relay.setdefault(row.relay, []).append(row)
    return [_together(relay, rows) for relay, rows in by_relay.items()]


def _together(relay: str, rows: list[RelayState]) -> Standing:
    best = min(rows, key=lambda row: _BEST.index(RelayState.State(row.state)))
    connections = sum(row.connections for row in rows)
    return Standing(relay, best.state, best.since, best.detail, connections, len(rows))


def resting() -> list[tuple[str, datetime]]:
    """The groups in a pause at any worker, and until when at the longest; the longest first."""
    paused = GroupPause.objects.current().filter(until__gt=timezone.now())
    return list(paused.values_list("group").annotate(last=Max("until")).order_by("-last", "group"))


def check() -> tuple[bool, str]:
    """For ``/readyz``, from what the workers report: ``well``, ``away``, or ``unknown`` when none lives.

    Never unwell: mail waits, and taking pages away would help nobody.
    """
    states = {one.state for one in relays()}
    if not states:
        return True, "unknown"
    return True, "away" if states == {RelayState.State.AWAY} else "well"
