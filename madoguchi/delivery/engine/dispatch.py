"""Between the letters that wait and the connections that fetch them: who goes next, over what, and who is spared."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime

import structlog
from django.utils import timezone

from madoguchi.delivery import compose
from madoguchi.delivery.compose import Composed
from madoguchi.delivery.engine.holdings import Holdings
from madoguchi.delivery.engine.outbox import Claimed
from madoguchi.delivery.engine.pacing import Pacing, Pause
from madoguchi.delivery.engine.smtp import Connection, Parcel, Patience, Relay, RelayTrouble, Step
from madoguchi.delivery.headers import Unfit, address
from madoguchi.delivery.returns.path import return_path
from madoguchi.lib.lanes import Lane
from madoguchi.lib.tokens import BrokenSeal

log = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class Slot:
    """A place for a connection, and the lanes it serves, the most urgent first."""

    lanes: tuple[Lane, ...]
    connection: Connection | None = None


class Dispatch:
    """The connections' feeder. ``hungry`` is called when a lane runs low."""

    def __init__(  # noqa: PLR0913 - the parts it joins
        self,
        relay: Relay,
        holdings: Holdings,
        *,
        connections: int,
        messages: int,
        batch: int,
        patience: Patience,
        hungry: Callable[[], None],
    ) -> None:
        self._relay, self._holdings = relay, holdings
        self._messages, self._batch, self._patience = messages, batch, patience
        self._hungry = hungry
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[Lane, deque[tuple[Claimed, Composed]]] = {lane: deque() for lane in Lane}
        # One connection is for codes alone: nobody who waits for one waits for another's mailing.
        self._slots = [Slot((Lane.CODES,)), *(Slot(tuple(Lane)) for _ in range(connections))]
        self._open: dict[Connection, Slot] = {}
        self._opening: set[asyncio.Task[None]] = set()
        self._pacing = Pacing()
        self._relay_pause = Pause(strikes_allowed=3, first=1.0, longest=60.0)
        self._date = (0, "")
        self._ending = False

    # --- letters come in ----------------------------------------------------------------------------------------------

    def wants(self, lane: Lane) -> bool:
        """Whether another batch of ``lane`` is welcome: it runs low, and the relay can be used."""
        usable = self._open or not self._relay_pause.left(self._loop.time())
        return bool(usable) and len(self._waiting[lane]) < self._batch

    def put(self, lane: Lane, letter: Claimed, composed: Composed) -> None:
        self._waiting[lane].append((letter, composed))

    def offer(self) -> None:
        """Let free connections fetch, and open as many more as there are letters for."""
        for connection in list(self._open):
            connection.pump()
        if self._ending or self._relay_pause.left(self._loop.time()):
            return
        wanted = sum(len(letters) for letters in self._waiting.values()) - len(self._opening)
        if self._relay_pause.pauses:
            wanted = min(wanted, 1)  # one tries whether it is back
        for slot in self._slots:
            if wanted > 0 and slot.connection is None and any(self._waiting[lane] for lane in slot.lanes):
                wanted -= 1
                slot.connection = Connection(self._relay, self, patience=self._patience, messages=self._messages)
                task = asyncio.create_task(self._begin(slot, slot.connection))
                self._opening.add(task)
                task.add_done_callback(self._opening.discard)

    async def _begin(self, slot: Slot, connection: Connection) -> None:
        try:
            await connection.open()
        except RelayTrouble as error:
            slot.connection = None
            if not self._relay_pause.left(self._loop.time()):
                log.warning("delivery.relay_away", error=str(error))
            self._relay_pause.strike(self._loop.time(), at_once=True)
            if not self._open:
                self._return_waiting()
            return
        self._open[connection] = slot
        connection.pump()

    def tend(self) -> None:
        """Every second: end what waits too long, use what is free."""
        now = self._loop.time()
        for connection in list(self._open):
            if connection.overdue(now):
                (connection.abort if connection.busy else connection.finish)()
        self.offer()

    async def end(self, *, within: float) -> None:
        """Return what waits and let connections finish what they have begun."""
        self._ending = True
        opening = list(self._opening)
        for task in opening:
            task.cancel()
        await asyncio.gather(*opening, return_exceptions=True)
        self._return_waiting()
        for connection in list(self._open):
            connection.finish()
        deadline = self._loop.time() + within
        while self._open and self._loop.time() < deadline:
            await asyncio.sleep(0.02)
        for connection in list(self._open):
            connection.abort()
        while self._open:
            await asyncio.sleep(0.01)

    def _return_waiting(self) -> None:
        for letters in self._waiting.values():
            while letters:
                self._holdings.give_back(letters.popleft()[0])

    # --- what connections ask and tell (smtp.Feeder) ------------------------------------------------------------------

    def fetch(self, connection: Connection) -> Parcel | None:
        for lane in self._open[connection].lanes:
            letters = self._waiting[lane]
            while letters:
                letter, composed = letters.popleft()
                if len(letters) == self._batch - 1:
                    self._hungry()
                if parcel := self._parcel(letter, composed):
                    return parcel
        return None

    def _parcel(self, letter: Claimed, composed: Composed) -> Parcel | None:
        """The letter ready to go; ``None`` when it must not go now, which is noted then."""
        if not self._holdings.still_ours(letter):
            return None
        if self._holdings.left(letter) <= 0:
            self._holdings.ended(letter, "skipped", reason="expired")
            return None
        if pause := self._pacing.left(letter.address, self._loop.time()):
            self._holdings.give_back(letter, wait=pause)
            return None
        try:
            recipient = address(letter.address)
            values = letter.values()
            values[compose.TO] = recipient
            values[compose.DATE] = self._now()
            if composed.own_ids:
                values[compose.MESSAGE_ID] = compose.message_id(letter.id)
            sender = return_path(letter.id) or composed.sender.encode()
            return Parcel(sender, recipient.encode(), composed.splice(values), letter)
        except Unfit as error:
            self._holdings.ended(letter, "failed", reason=str(error))
        except BrokenSeal:
            self._holdings.ended(letter, "failed", reason="seal")
        return None

    def accepted(self, parcel: Parcel, reply: str) -> None:
        self._holdings.sent(parcel.letter, reply)
        self._pacing.accepted(parcel.letter.address)
        self._relay_pause.strikes = self._relay_pause.pauses = 0

    def refused(self, parcel: Parcel, stage: Step, code: int, reply: str) -> None:
        letter = parcel.letter
        if code >= 500 and stage is not Step.MAIL:
            self._holdings.ended(letter, "failed", reason="refused", reply=reply)
            return
        # A sender who is refused is wrongly set up here; no letter is to be lost for that.
        self._pacing.struck(letter.address, self._loop.time(), at_once=code == 421)
        self._holdings.again(letter, reason="refused", reply=reply)

    def unanswered(self, parcel: Parcel) -> None:
        # Until the relay has said 250 the letter is ours (RFC 5321 4.1.1.4): it goes again, under the same Message-ID.
        self._relay_pause.strike(self._loop.time())
        self._holdings.again(parcel.letter, reason="unanswered")

    def untried(self, parcel: Parcel) -> None:
        self._holdings.give_back(parcel.letter)

    def closed(self, connection: Connection) -> None:
        slot = self._open.pop(connection, None)
        if slot is not None:
            slot.connection = None
            self._loop.call_soon(self.offer)

    def _now(self) -> str:
        second = int(self._loop.time())
        if self._date[0] != second:
            self._date = (second, format_datetime(timezone.localtime()))
        return self._date[1]
