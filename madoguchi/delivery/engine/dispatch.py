"""Between the letters that wait and the relays' connections that fetch them: who goes next, and who is spared."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from email.utils import format_datetime

from django.utils import timezone

from madoguchi.delivery import compose
from madoguchi.delivery.compose import Composed
from madoguchi.delivery.engine.appetite import SURPLUS, Pace, portion
from madoguchi.delivery.engine.feeder import Parcel, Patience, Step
from madoguchi.delivery.engine.fuse import Fuses
from madoguchi.delivery.engine.holdings import Holdings
from madoguchi.delivery.engine.outbox import Claimed
from madoguchi.delivery.engine.pacing import Limit, Pacing
from madoguchi.delivery.engine.relays import Relay, Standing, choose
from madoguchi.delivery.engine.route import Route
from madoguchi.delivery.engine.tally import Tally
from madoguchi.delivery.engine.verdict import Fault, fault
from madoguchi.delivery.engine.waiting import Takes, Waiting
from madoguchi.delivery.headers import Unfit, address
from madoguchi.delivery.models import Return
from madoguchi.delivery.returns.path import return_paths
from madoguchi.delivery.returns.rules import of_refusal
from madoguchi.lib.lanes import Lane
from madoguchi.lib.tokens import BrokenSeal


class Dispatch:
    """The desk all routes fetch from.

    ``hungry`` is called when a lane runs low; ``blown`` with a mailing and the relay's words when too much of it fails.
    """

    def __init__(  # noqa: PLR0913 - the parts it joins
        self,
        relays: Sequence[Relay],
        holdings: Holdings,
        *,
        limits: Mapping[str, Limit],
        batch: int,
        patience: Patience,
        pacing: Pacing,
        hungry: Callable[[], None],
        blown: Callable[[int, str], None],
    ) -> None:
        self._holdings, self._batch, self._hungry, self._blown = holdings, batch, hungry, blown
        self._pace = Pace()
        self.portion = portion(0, most=batch)  # letters that are claimed at a time
        self._fuses = Fuses()
        self._stopping: set[int] = set()  # blown, and not yet paused
        self._loop = asyncio.get_running_loop()
        self._waiting = Waiting(
            limits,
            room=batch,
            too_many=lambda letter, wait: holdings.give_back(letter, wait=wait),
            left=lambda: self._loop.call_soon(self.offer),
        )
        self.routes = [Route(relay, self, patience=patience, clock=self._loop.time) for relay in relays]
        self.pacing = pacing
        self.tally = Tally()
        self.held: Collection[str] = ()  # domains that are not believed when they call an address unknown
        self._timer: asyncio.TimerHandle | None = None
        self._date = (0, "")
        self._sender_of = return_paths()
        self._ending = False

    # --- letters come in ----------------------------------------------------------------------------------------------

    def wants(self, lane: Lane) -> bool:
        """Whether another portion of ``lane`` is welcome: it and what is more urgent run low, and some relay can be
        used."""
        self._look()
        usable = any(route.standing() is not Standing.AWAY for route in self.routes)
        return usable and sum(self._waiting.ready(one) for one in Lane if one <= lane) < self.portion

    def _look(self) -> None:
        waits = any(self._waiting.ready(lane) for lane in Lane)
        self.portion = portion(self._pace.look(self._loop.time(), kept_waiting=waits), most=self._batch)

    def put(self, lane: Lane, letter: Claimed, composed: Composed) -> None:
        if letter.mailing in self._stopping:
            self._holdings.give_back(letter)
        else:
            self._waiting.put(lane, letter, composed)

    def offer(self) -> None:
        """Let free connections fetch, and open as many more as there are letters for."""
        for route in self.routes:
            route.pump()
        if self._ending:
            return
        carrier, tried = choose([route.standing() for route in self.routes])
        for number in tried:
            self.routes[number].widen(trial=True)
        if carrier is not None:
            self.routes[carrier].widen()
        elif not tried:
            self._return(None)
        if self._waiting.wide:
            self._offer_wide(carrier)

    def _offer_wide(self, carrier: int | None) -> None:
        """Find a relay for the letters that one in use could not take."""
        able = [number for number, route in enumerate(self.routes) if route.may_take_wide()]
        chosen, tried = choose([self.routes[number].standing() for number in able])
        for place in tried:
            if carrier is not None and able[place] > carrier:
                self.routes[able[place]].widen(trial=True, only_wide=True)
        if chosen is not None and able[chosen] != carrier:
            self.routes[able[chosen]].widen(only_wide=True)
        elif not able:
            for letter in self._waiting.take_out_wide():
                self._failed(letter, reason=Fault.ADDRESS, reply="553 no relay takes internationalised addresses")
        elif chosen is None and not tried:
            wait = max(1.0, min(self.routes[number].pause for number in able))
            for letter in self._waiting.take_out_wide():
                if self._holdings.left(letter) <= 0:
                    self._holdings.ended(letter, "skipped", reason="expired")
                else:
                    self._holdings.give_back(letter, wait=wait)

    def tend(self) -> None:
        """Every second: end what waits too long, keep to the preferred relay, use what is free, return what others
        could send sooner."""
        carrier, _ = choose([route.standing() for route in self.routes])
        for number, route in enumerate(self.routes):
            route.tend()
            if carrier is not None and number > carrier and not route.only_wide:
                route.narrow()
        self._look()
        for letter in self._waiting.beyond(SURPLUS * self.portion):
            self._holdings.give_back(letter)
        self.offer()

    async def end(self, *, within: float) -> None:
        """Return what waits and let connections finish what they have begun."""
        self._ending = True
        for route in self.routes:
            await route.stop_opening()
        self._return(None)
        for route in self.routes:
            route.narrow()
        deadline = self._loop.time() + within
        while self._connections and self._loop.time() < deadline:
            await asyncio.sleep(0.02)
        for route in self.routes:
            route.abort()
        while self._connections:
            await asyncio.sleep(0.01)
        if self._timer:
            self._timer.cancel()

    @property
    def _connections(self) -> int:
        return sum(route.connections for route in self.routes)

    def stopped(self, mailing: int) -> None:
        """The database knows that it is paused."""
        self._stopping.discard(mailing)

    def stop(self, *, paused: Collection[int], cancelled: Collection[int]) -> None:
        """Send nothing more of these mailings; what is on the wire goes out."""
        self._return(paused)
        for letter in self._waiting.take_out(cancelled):
            self._holdings.ended(letter, "skipped", reason="cancelled")

    def _return(self, mailings: Collection[int] | None) -> None:
        for letter in self._waiting.take_out(mailings):
            self._holdings.give_back(letter)

    # --- what routes ask and tell (route.Desk) ------------------------------------------------------------------------

    def waits(self, lanes: Sequence[Lane], takes: Takes) -> int:
        return self._waiting.count(lanes, takes)

    def next(self, lanes: Sequence[Lane], takes: Takes) -> Parcel | None:
        """The next letter of these lanes, the most urgent first, that may go now over what ``takes`` it."""
        if self._holdings.stalled:
            return None
        if self._holdings.careful:
            lanes = [lane for lane in lanes if lane is Lane.CODES]
        now = self._loop.time()
        for lane in lanes:
            while one := self._waiting.next(lane, now, takes):
                if self._waiting.ready(lane) < self.portion:
                    self._hungry()
                if parcel := self._parcel(lane, *one):
                    self._waiting.begun(one[0], now)
                    return parcel
        if self._timer is None and (wait := self._waiting.soonest(now)) < float("inf"):
            self._timer = self._loop.call_later(wait, self._again)
        return None

    def _again(self) -> None:
        self._timer = None
        self.offer()

    def _parcel(self, lane: Lane, letter: Claimed, composed: Composed) -> Parcel | None:
        """The letter ready to go; ``None`` when it must not go now, which is noted then."""
        if not self._holdings.still_ours(letter):
            return None
        if self._holdings.left(letter) <= 0:
            self._holdings.ended(letter, "skipped", reason="expired")
            return None
        # A code is tried all the same: one letter harms nobody, and minutes later it is worth nothing.
        if lane is not Lane.CODES and (pause := self.pacing.left(letter.address, self._loop.time())):
            self._holdings.give_back(letter, wait=pause)
            return None
        try:
            recipient = address(letter.address)
            values = letter.values()
            values[compose.TO] = recipient
            values[compose.DATE] = self._now()
            if composed.own_ids:
                values[compose.MESSAGE_ID] = compose.message_id(letter.id)
            sender = self._sender_of(letter.id) if self._sender_of else composed.sender.encode()
            return Parcel(sender, recipient.encode(), composed.splice(values), letter)
        except Unfit as error:
            self._failed(letter, reason=str(error))
        except BrokenSeal:
            self._failed(letter, reason="seal")
        return None

    def _failed(self, letter: Claimed, *, reason: str, reply: str = "", ours: bool = False) -> None:
        self._holdings.ended(letter, "failed", reason=reason, reply=reply)
        self._note_failure(letter, reply or reason, ours=ours)

    def _note_failure(self, letter: Claimed, words: str, *, ours: bool) -> None:
        if self._fuses.failed(letter.mailing, ours=ours):
            self._stopping.add(letter.mailing)
            self._return([letter.mailing])
            self._blown(letter.mailing, words)

    def accepted(self, parcel: Parcel, reply: str) -> None:
        self._done(parcel.letter)
        self._holdings.sent(parcel.letter, reply)
        self.pacing.accepted(parcel.letter.address)
        self.tally.accepted(parcel.letter.address)
        self._fuses.sent(parcel.letter.mailing)

    def refused(self, parcel: Parcel, stage: Step, code: int, reply: str) -> None:
        letter = parcel.letter
        self._done(letter)
        whose = fault(stage, code, reply) if code >= 500 else None
        if whose is Fault.SENDER:
            # Wrongly set up here: no letter is to be lost for that, and no group of addresses is to blame.
            self._holdings.again(letter, reason=whose, reply=reply)
            self._note_failure(letter, reply, ours=True)
        elif whose is Fault.ADDRESS and self._not_believed(letter, reply):
            self.pacing.struck(letter.address, self._loop.time(), at_once=True)
            self._holdings.again(letter, reason=whose, reply=reply)
        elif whose is not None:
            if whose is Fault.ADDRESS:
                self.tally.refused(letter.address)
            self._failed(letter, reason=whose, reply=reply, ours=whose is Fault.CONTENT)
        else:
            if stage is not Step.MAIL:
                self.pacing.struck(letter.address, self._loop.time(), at_once=code == 421)
            self._holdings.again(letter, reason="refused", reply=reply)

    def _not_believed(self, letter: Claimed, reply: str) -> bool:
        if not self.held or letter.address.rpartition("@")[2].lower() not in self.held:
            return False
        said = of_refusal(reply)
        return said is not None and said[0] == Return.Kind.HARD

    def unanswered(self, parcel: Parcel) -> None:
        # Until the relay has said 250 the letter is ours (RFC 5321 4.1.1.4): it goes again, under the same Message-ID.
        self._done(parcel.letter)
        self._holdings.again(parcel.letter, reason="unanswered")

    def untried(self, parcel: Parcel) -> None:
        self._done(parcel.letter)
        self._holdings.give_back(parcel.letter)

    def _done(self, letter: Claimed) -> None:
        self._pace.ended += 1
        if self._waiting.done(letter):
            self._loop.call_soon(self.offer)

    def _now(self) -> str:
        second = int(self._loop.time())
        if self._date[0] != second:
            self._date = (second, format_datetime(timezone.localtime()))
        return self._date[1]
