"""The engine itself: claims letters lane by lane, has their messages made, and keeps everything going.

One event loop, no lock. What it holds in memory is bounded: two batches a lane, and the outcomes of the last moments.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
import structlog

from madoguchi.delivery.engine import outbox
from madoguchi.delivery.engine.dispatch import Dispatch
from madoguchi.delivery.engine.holdings import Holdings
from madoguchi.delivery.engine.journal import Journal, left_behind
from madoguchi.delivery.engine.leases import TakeOver
from madoguchi.delivery.engine.link import Link
from madoguchi.delivery.engine.options import Options, steady
from madoguchi.delivery.engine.outbox import Claimed
from madoguchi.delivery.engine.pacing import Pacing
from madoguchi.delivery.engine.pauses import Pauses
from madoguchi.delivery.engine.press import Press
from madoguchi.delivery.engine.relays import Relay
from madoguchi.delivery.engine.standing import Teller
from madoguchi.lib.lanes import Lane

log = structlog.get_logger(__name__)


class Engine:
    """Run it with :meth:`run`; :meth:`stop` makes that return within ten seconds, every letter recorded or returned.

    ``relays`` are in order of preference; ``database`` are psycopg's connection parameters; ``folder`` is where
    journals are kept.
    """

    def __init__(
        self, relays: Sequence[Relay], *, database: Mapping[str, Any], folder: Path, options: Options | None = None
    ) -> None:
        self._options = options or Options()
        self._relays, self._folder = relays, folder
        self._claims, self._records, self._notices = (Link(database) for _ in range(3))
        self._press = Press()
        self._cursors: dict[Lane, dict[int, outbox.Cursor]] = {lane: {} for lane in Lane}
        self._told: Counter[str] = Counter()
        self._take_over = TakeOver(grace=self._options.lease / 4)
        self._teller = Teller()
        self._pauses = Pauses()
        self._promising = set(Lane)  # lanes that may hold due letters
        self._wake, self._stopping = asyncio.Event(), asyncio.Event()

    @property
    def counts(self) -> Mapping[str, int]:
        """Letters by outcome since it began; ``queued`` are those to be tried again."""
        return self._holdings.counts if hasattr(self, "_holdings") else {}

    def stop(self) -> None:
        """Finish what is on the wire, return the rest."""
        self._stopping.set()

    async def run(self) -> None:
        """Send until :meth:`stop`. Database and relay may come and go; anything else that goes wrong is raised."""
        try:
            name = await self._database()
            if name is not None:
                await self._work(name)
        finally:
            for link in (self._claims, self._records, self._notices):
                await link.drop()
            self._press.close()

    async def _work(self, name: str) -> None:
        journal = Journal(self._folder, name)
        self._holdings = Holdings(self._records, journal, lease=self._options.lease, clock=steady)
        self._dispatch = Dispatch(
            self._relays,
            self._holdings,
            limits=self._options.limits,
            pacing=Pacing(first=self._options.group_pause),
            batch=self._options.batch,
            patience=self._options.patience,
            hungry=self._wake.set,
            blown=self._blown,
        )
        self._dispatch.held = self._held
        recording = asyncio.create_task(self._holdings.recording())
        works = [
            self._claiming,
            self._listening,
            self._every(1.0, self._tend),
            self._every(1.0, self._second),
            self._every(self._options.poll, self._sweep),
            self._every(60.0, self._count),
        ]
        tasks = [asyncio.create_task(work()) for work in works]
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            done, _ = await asyncio.wait([stopping, recording, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                task.result()
        finally:
            # What the database is just handing over would be nobody's until its lease ends.
            self._stopping.set()
            self._wake.set()
            await asyncio.wait(tasks[:1], timeout=1)
            await _cancelled(tasks)
            await self._dispatch.end(within=5)
            unrecorded = await self._holdings.settle(within=2)
            await self._part()
            await _cancelled([recording, stopping])
            journal.close()
            log.info("delivery.stopped", unrecorded=unrecorded, **self._holdings.counts)

    async def _part(self) -> None:
        await self._pauses.settle()
        with contextlib.suppress(psycopg.OperationalError, TimeoutError):
            async with asyncio.timeout(1):
                await self._dispatch.tally.tell(self._records, few=0)
                await self._teller.part(self._records)

    async def _database(self) -> str | None:
        """The database's name, once it answers and has what dead workers left; ``None`` when stopped before."""
        while not self._stopping.is_set():
            try:
                name = await self._recover()
                # Known before the first letter is refused: a domain that is not believed fails none.
                self._held = await outbox.held(await self._records.get())
                return name
            except psycopg.OperationalError:
                log.warning("delivery.database_away")
                await self._records.drop()
                await asyncio.sleep(1.0)
        return None

    async def _recover(self) -> str:
        connection = await self._records.get()
        name = await outbox.database(connection)
        with left_behind(self._folder, name) as remains:
            if remains.accepted or remains.released:
                await outbox.recover(connection, remains)
                log.info("delivery.recovered", accepted=len(remains.accepted), released=len(remains.released))
        return name

    # --- claiming ---------------------------------------------------------------------------------------------------

    async def _claiming(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                # From the most urgent lane again after every portion.
                while (lane := next((lane for lane in Lane if self._welcome(lane)), None)) is not None:
                    await self._claim(lane)
            except psycopg.OperationalError:
                log.warning("delivery.database_away")
                await self._claims.drop()
                await asyncio.sleep(1.0)
                continue
            try:
                async with asyncio.timeout(self._options.poll):
                    await self._wake.wait()
            except TimeoutError:
                self._promising = set(Lane)

    def _welcome(self, lane: Lane) -> bool:
        return not self._stopping.is_set() and lane in self._promising and self._dispatch.wants(lane)

    async def _claim(self, lane: Lane) -> None:
        began = steady()
        cursors = self._cursors[lane]
        letters = await outbox.claim(
            await self._claims.get(),
            lane=lane,
            limit=self._dispatch.portion,
            lease=self._options.lease,
            cursors=cursors,
            before=self._take_over.before(began),
        )
        if not letters:
            # Behind the cursors lies what was returned, and what one of several writers committed later than others:
            # one more look from the beginning.
            if cursors:
                cursors.clear()
            else:
                self._promising.discard(lane)
            return
        self._holdings.took(letters, at=began)
        letters.sort(key=lambda letter: (letter.mailing, letter.due, letter.id))
        cursors.update({letter.mailing: (letter.due, letter.id) for letter in letters})
        for letter in letters:
            await self._put(lane, letter)
        self._dispatch.offer()

    async def _put(self, lane: Lane, letter: Claimed) -> None:
        composed = self._press.ready(letter)
        if composed is None:
            self._dispatch.offer()
            try:
                composed = await self._press.make(letter)
            except Exception as error:  # noqa: BLE001 - whatever fault a renderer has, the letter is tried again
                log.error("delivery.render_failed", renderer=letter.renderer, error=type(error).__name__)
                self._holdings.again(letter, reason="render")
                return
        self._dispatch.put(lane, letter, composed)

    async def _listening(self) -> None:
        while True:
            try:
                connection = await self._notices.get()
                await connection.execute("LISTEN madoguchi_letters")
                self._look()
                async for notice in connection.notifies():
                    self._look()
                    if notice.payload == "state":
                        await self._heed()
            except psycopg.OperationalError:
                await self._notices.drop()
                await asyncio.sleep(1.0)

    def _look(self) -> None:
        self._promising = set(Lane)
        self._wake.set()

    # --- the clock ----------------------------------------------------------------------------------------------------

    def _every(
        self, seconds: float, work: Callable[[], Coroutine[Any, Any, None]]
    ) -> Callable[[], Coroutine[Any, Any, None]]:
        async def repeat() -> None:
            while True:
                await asyncio.sleep(seconds)
                try:
                    await work()
                except psycopg.OperationalError:
                    self._take_over.lost()
                    await self._records.drop()

        return repeat

    async def _tend(self) -> None:
        self._holdings.look()
        self._dispatch.tend()

    async def _second(self) -> None:
        began = steady()
        database = await outbox.clock(await self._records.get())
        jumped = self._take_over.observe(database=database, steady=(began + steady()) / 2)
        if jumped:
            log.warning("delivery.clock_jumped")
        await self._heed()
        await self._holdings.renew(all=jumped)
        await self._holdings.finish()

    async def _heed(self) -> None:
        """Return what is held of mailings that were paused, skip what is held of cancelled ones."""
        if held := self._holdings.mailings:
            stopped = await outbox.stopped(await self._records.get(), held)
            cancelled = {mailing for mailing, state in stopped.items() if state == "cancelled"}
            self._dispatch.stop(paused=set(stopped) - cancelled, cancelled=cancelled)

    def _blown(self, mailing: int, words: str) -> None:
        self._pauses.begin(mailing, words, done=self._dispatch.stopped)

    async def _sweep(self) -> None:
        await self._recover()
        connection = await self._records.get()
        await outbox.finish_all(connection)
        self._dispatch.held = await outbox.held(connection)
        await self._dispatch.tally.tell(self._records)
        await self._teller.tell(
            self._records, self._dispatch.routes, self._dispatch.pacing, now=asyncio.get_running_loop().time()
        )

    async def _count(self) -> None:
        """What became of how many letters in the last minute."""
        if lately := self._holdings.counts - self._told:
            log.info("delivery.letters", **lately)
            self._told = self._holdings.counts.copy()


async def _cancelled(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
