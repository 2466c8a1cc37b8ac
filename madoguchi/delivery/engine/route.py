"""One relay and the connections to it: how many, which lanes each serves, and whether the relay can be used."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from madoguchi.delivery.engine.feeder import Parcel, Patience, RelayTrouble, Step
from madoguchi.delivery.engine.pacing import Pause, Rate
from madoguchi.delivery.engine.provider import ProviderConnection
from madoguchi.delivery.engine.relays import PROVIDER, Relay, Standing
from madoguchi.delivery.engine.smtp import Connection
from madoguchi.delivery.engine.waiting import Takes
from madoguchi.lib.lanes import Lane

log = structlog.get_logger(__name__)

STRIKES, FIRST_PAUSE, LONGEST_PAUSE = 3, 1.0, 60.0
# How long no further connection is tried where some are open and one more was refused.
FULL = 30.0
# How long is believed what a relay offered at its last greeting.
REMEMBERED = 600.0


class Desk(Protocol):
    """Where a route gets letters, and whom it tells what became of each."""

    def next(self, lanes: Sequence[Lane], takes: Takes) -> Parcel | None: ...
    def waits(self, lanes: Sequence[Lane], takes: Takes) -> int: ...
    def accepted(self, parcel: Parcel, reply: str) -> None: ...
    def refused(self, parcel: Parcel, stage: Step, code: int, reply: str) -> None: ...
    def unanswered(self, parcel: Parcel) -> None: ...
    def untried(self, parcel: Parcel) -> None: ...
    def offer(self) -> None: ...


@dataclass(slots=True, eq=False)
class Slot:
    """A place for a connection, and the lanes it serves, the most urgent first."""

    lanes: tuple[Lane, ...]
    connection: Connection | ProviderConnection | None = None


class Route:
    """The feeder of one relay's connections. ``clock`` is steady, in seconds."""

    def __init__(self, relay: Relay, desk: Desk, *, patience: Patience, clock: Callable[[], float]) -> None:
        self.relay = relay
        self.trouble = ""  # the last, in the relay's words
        self.only_wide = False  # it is there for addresses beyond ASCII alone, another relay carries the rest
        self._desk, self._patience, self._clock = desk, patience, clock
        self._slots = [Slot(tuple(Lane)) for _ in range(relay.connections)]
        if relay.codes:
            # One connection is for codes alone: nobody who waits for one waits for another's mailing.
            self._slots.insert(0, Slot((Lane.CODES,)))
        self._open: dict[Connection | ProviderConnection, Slot] = {}
        self._opening: set[asyncio.Task[None]] = set()
        self._pause = Pause(strikes_allowed=STRIKES, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
        self._full_until = 0.0
        self._offered_wide = (True, float("-inf"))  # whether it takes such addresses, and when it said so
        self._rate = Rate(relay.rate) if relay.rate else None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def connections(self) -> int:
        return len(self._open)

    def standing(self) -> Standing:
        if self._pause.left(self._clock()):
            return Standing.AWAY
        return Standing.TRIED if self._pause.pauses else Standing.WELL

    @property
    def pause(self) -> float:
        """Seconds for which it is left alone."""
        return self._pause.left(self._clock())

    def may_take_wide(self) -> bool:
        """Whether addresses beyond ASCII may be handed to it, as far as is known: its last greeting says so, or is long
        ago."""
        offered, at = self._offered_wide
        return offered or self._clock() > at + REMEMBERED

    # --- connections come and go --------------------------------------------------------------------------------------

    def pump(self) -> None:
        for connection in list(self._open):
            connection.pump()

    def widen(self, *, trial: bool = False, only_wide: bool = False) -> None:
        """Open as many connections as there are letters for; on ``trial`` one, to see whether the relay is back;
        ``only_wide`` for letters alone that a preferred relay cannot take."""
        self.only_wide = only_wide
        takes = Takes.WIDE if only_wide else Takes.ALL if self.may_take_wide() else Takes.ASCII
        if self._clock() < self._full_until or (trial and (self._open or self._opening)):
            return
        wanted = 1 if trial else self._desk.waits(tuple(Lane), takes) - len(self._opening)
        for slot in self._slots:
            if wanted > 0 and slot.connection is None and self._desk.waits(slot.lanes, takes):
                wanted -= 1
                kind = ProviderConnection if self.relay.security == PROVIDER else Connection
                slot.connection = kind(self.relay, self, patience=self._patience, messages=self.relay.messages)
                task = asyncio.create_task(self._begin(slot, slot.connection))
                self._opening.add(task)
                task.add_done_callback(self._opening.discard)

    async def _begin(self, slot: Slot, connection: Connection | ProviderConnection) -> None:
        try:
            await connection.open()
        except RelayTrouble as error:
            slot.connection = None
            self._refused_to_open(str(error))
            self._desk.offer()
            return
        self._open[connection] = slot
        self._offered_wide = (connection.takes_wide, self._clock())
        connection.pump()
        if self.only_wide and not connection.takes_wide:
            self._desk.offer()  # to the next relay

    def _refused_to_open(self, trouble: str) -> None:
        self.trouble = trouble
        if self._open:
            self._full_until = self._clock() + FULL  # it serves those it has, and takes no more
            return
        if not self._pause.left(self._clock()):
            log.warning("delivery.relay_away", relay=self.relay.name, error=trouble)
        self._pause.strike(self._clock(), at_once=True)

    def narrow(self) -> None:
        """Take no more letters: another relay carries them."""
        for connection in list(self._open):
            connection.finish()

    def tend(self) -> None:
        """End connections that wait too long for an answer, or for a letter."""
        now = self._clock()
        for connection in list(self._open):
            if connection.overdue(now):
                (connection.abort if connection.busy else connection.finish)()

    async def stop_opening(self) -> None:
        opening = list(self._opening)
        for task in opening:
            task.cancel()
        await asyncio.gather(*opening, return_exceptions=True)

    def abort(self) -> None:
        if self._timer:
            self._timer.cancel()
        for connection in list(self._open):
            connection.abort()

    # --- what connections ask and tell (feeder.Feeder) ----------------------------------------------------------------

    def fetch(self, connection: Connection | ProviderConnection) -> Parcel | None:
        if self._pause.pauses and self.standing() is Standing.AWAY:
            return None
        if self.only_wide and not connection.takes_wide:
            return None
        takes = Takes.WIDE if self.only_wide else Takes.ALL if connection.takes_wide else Takes.ASCII
        lanes = self._open[connection].lanes
        if self._rate is None:
            return self._desk.next(lanes, takes)
        now = self._clock()
        if wait := self._rate.wait(now):
            self._later(wait)
            lanes = (Lane.CODES,)  # a code does not wait; the letters after it do, for as much longer
        parcel = self._desk.next(lanes, takes)
        if parcel is not None:
            self._rate.take(now)
        return parcel

    def _later(self, wait: float) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(wait, self._again)

    def _again(self) -> None:
        self._timer = None
        self.pump()

    def accepted(self, parcel: Parcel, reply: str) -> None:
        if self._pause.pauses or self._pause.strikes:
            self._pause.strikes = self._pause.pauses = 0
            self.trouble = ""
        self._desk.accepted(parcel, reply)

    def refused(self, parcel: Parcel, stage: Step, code: int, reply: str) -> None:
        if stage is Step.MAIL:  # before it has heard of any recipient
            self._struck(reply)
        self._desk.refused(parcel, stage, code, reply)

    def unanswered(self, parcel: Parcel) -> None:
        self._struck("closed")
        self._desk.unanswered(parcel)

    def untried(self, parcel: Parcel) -> None:
        self._struck("closed")
        self._desk.untried(parcel)

    def _struck(self, trouble: str) -> None:
        self.trouble = trouble[:200]
        self._pause.strike(self._clock())

    def closed(self, connection: Connection | ProviderConnection) -> None:
        slot = self._open.pop(connection, None)
        if slot is not None:
            slot.connection = None
            asyncio.get_running_loop().call_soon(self._desk.offer)
