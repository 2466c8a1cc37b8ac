"""The letters this worker holds, from the claim to the record of what became of them."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterable

import psycopg

from madoguchi.delivery.engine import outbox, retry
from madoguchi.delivery.engine.journal import Journal
from madoguchi.delivery.engine.link import Link
from madoguchi.delivery.engine.outbox import Claimed, Outcome
from madoguchi.lib.lanes import Lane

_GATHER = 0.05  # seconds that outcomes wait for company before they are written in one statement
_MANY = 400
_STALLED = 2.0  # seconds a statement may take before nothing new is begun


class Holdings:
    """Leases, outcomes not yet recorded, and the journal that survives both. ``clock`` is steady, in seconds."""

    def __init__(self, link: Link, journal: Journal, *, lease: float, clock: Callable[[], float]) -> None:
        self.counts: Counter[str] = Counter()
        self._link = link
        self._journal = journal
        self._lease = lease
        self._clock = clock
        # The database takes no outcomes at the moment: what is sent now could be sent again by somebody else.
        self.stalled = False
        self._writing_since: float | None = None
        self._leases: dict[int, tuple[float, int, int]] = {}  # letter: end of its lease, mailing, try
        self._outcomes: list[Outcome] = []
        self._touched: set[int] = set()  # mailings that may be finished now
        self._news = asyncio.Event()
        self._hurry = False

    # --- what happens to a letter -----------------------------------------------------------------------------------

    def took(self, letters: Iterable[Claimed], *, at: float) -> None:
        """These were claimed; the statement began ``at``."""
        self._journal.claimed([(letter.id, letter.tries) for letter in letters])
        for letter in letters:
            letter.claimed_at = at
            self._leases[letter.id] = (at + self._lease, letter.mailing, letter.tries)

    def still_ours(self, letter: Claimed) -> bool:
        """Whether the lease leaves time to send it; if not (the database was away too long) it is forgotten."""
        lease = self._leases.get(letter.id)
        if lease is not None and lease[2] == letter.tries and self._clock() < lease[0] - self._lease / 6:
            return True
        if lease is not None and lease[2] == letter.tries:
            del self._leases[letter.id]
        return False

    def left(self, letter: Claimed) -> float:
        """Seconds until the letter expires."""
        return letter.expires - (self._clock() - letter.claimed_at)

    def sent(self, letter: Claimed, reply: str) -> None:
        self._journal.accepted(letter.id)
        self._note(letter, Outcome(letter.id, "sent", reply=reply))

    def ended(self, letter: Claimed, state: str, *, reason: str, reply: str = "") -> None:
        """It has its outcome without having been sent."""
        self._note(letter, Outcome(letter.id, state, reason=reason, reply=reply))

    def again(self, letter: Claimed, *, reason: str, reply: str = "") -> None:
        """It is tried again by the schedule, or has failed if that would be after its expiry."""
        wait = retry.wait_after(letter.tries, Lane(letter.lane), chance=random.random())  # noqa: S311 - no secret
        if retry.in_time(wait, left=self.left(letter)):
            outcome = Outcome(letter.id, "queued", reason=reason, reply=reply, wait=wait, tries=letter.tries)
            self._note(letter, outcome)
        else:
            self.ended(letter, "failed", reason="expired", reply=reply)

    def give_back(self, letter: Claimed, *, wait: float = 0.0) -> None:
        """It was not tried; anybody may take it, ``wait`` seconds from now."""
        self._journal.returning([(letter.id, letter.tries)])
        self._note(letter, Outcome(letter.id, "queued", wait=wait, untried=True, tries=letter.tries))

    def _note(self, letter: Claimed, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        self._touched.add(letter.mailing)
        if len(self._outcomes) in (1, _MANY):
            self._news.set()

    # --- what the database learns -----------------------------------------------------------------------------------

    async def recording(self) -> None:
        """Write outcomes as they come, for ever; without the database they wait."""
        while True:
            await self._news.wait()
            if len(self._outcomes) < _MANY and not self._hurry:
                await asyncio.sleep(_GATHER)
            self._news.clear()
            try:
                await self._record()
            except psycopg.OperationalError:
                self.stalled = True
                await self._link.drop()
                await asyncio.sleep(1.0)
                self._news.set()

    async def _record(self) -> None:
        batch = self._outcomes[: 4 * _MANY]
        if self._writing_since is None:
            self._writing_since = self._clock()
        await outbox.record(await self._link.get(), batch)
        self._writing_since, self.stalled = None, False
        del self._outcomes[: len(batch)]
        for outcome in batch:
            self._leases.pop(outcome.letter, None)
            self.counts[outcome.state] += 1
        self._journal.recorded([outcome.letter for outcome in batch])
        if self._outcomes:
            self._news.set()

    def look(self) -> None:
        """Every second, whatever the database does: see whether it answers, and mend the journal."""
        if self._writing_since is not None and self._clock() > self._writing_since + _STALLED:
            self.stalled = True
        self._journal.mend()

    @property
    def careful(self) -> bool:
        """Whether there is no journal to note acceptances in."""
        return not self._journal.intact

    async def renew(self, *, all: bool = False) -> None:
        """Keep the leases of what is still held after a third of them, or ``all``; forget what others took over."""
        soon = float("inf") if all else self._clock() + self._lease * 2 / 3
        claims = [(letter, tries) for letter, (end, _, tries) in self._leases.items() if end < soon]
        if claims:
            began = self._clock()
            ours = await outbox.renew(await self._link.get(), claims, lease=self._lease)
            for letter, tries in claims:
                if (lease := self._leases.get(letter)) is None or lease[2] != tries:
                    continue
                if letter in ours:
                    self._leases[letter] = (began + self._lease, *lease[1:])
                else:
                    del self._leases[letter]

    @property
    def mailings(self) -> set[int]:
        """Those it holds letters of."""
        return {mailing for _, mailing, _ in self._leases.values()}

    async def finish(self) -> None:
        """Close the mailings this worker has just sent the last letters of."""
        ended = self._touched - self.mailings
        if ended:
            self._touched -= ended  # before the statement: what is noted meanwhile touches them anew
            await outbox.finish(await self._link.get(), ended)

    async def settle(self, *, within: float) -> int:
        """Have everything recorded before the process ends; how many outcomes were left unrecorded."""
        self._hurry = True
        self._news.set()
        try:
            async with asyncio.timeout(within):
                while self._outcomes:
                    await asyncio.sleep(0.02)
                await self.finish()
        except (TimeoutError, psycopg.OperationalError):
            pass
        return len(self._outcomes)
