"""One mailing, its receiver and its workers, and what is counted afterwards: at the receiver, from its own file."""

import contextlib
import gc
import os
import signal
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_string
from pathlib import Path

from bench.faults.place import ADDRESS, Cable, Database, Disk, leave_network

CONNECTIONS = 10
# A try that is due in a minute is due at once: the trial does not wait for the schedule of retries.
_MAKE_DUE = (
    "UPDATE delivery_letter SET due_at = now() WHERE state = 'queued' AND leased_until IS NULL AND due_at > now()"
)
_MAILING = """
INSERT INTO delivery_mailing
    (renderer, reference, lane, state, paused_reason, paused_by, single, expires_at, created_at)
VALUES ('test.notice', %s, 1, 'open', '', '', false, now() + interval '1 day', now()) RETURNING id
"""
_LETTERS = """
INSERT INTO delivery_letter (mailing_id, recipient_key, address, language, personal)
SELECT %s, n::text, 'person' || n || '@example' || n %% 50 || '.jp', 'ja',
       jsonb_build_object('name', n::text, 'token', 'token-' || n) FROM generate_series(1, %s) AS n
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the trials are. The times are seconds."""

    letters: int
    rate: int  # letters a second a worker sends at most, so that there is a middle to break something in; 0: all it can
    away: float  # how long the database is away
    trouble: float  # how long a relay misbehaves, or a disk is full
    lease: float
    group_pause: float  # the first for a group that is refused for now
    patience: float  # with a relay that does not answer
    limit: float  # after which a trial has failed


@dataclass
class Worker:
    pid: int
    ended: bool = False

    def end(self, number: int) -> None:
        if not self.ended:
            os.kill(self.pid, number)
            os.waitpid(self.pid, 0)
            self.ended = True


@dataclass
class Trial:
    size: Size
    folder: Path
    database: Database
    networks: bool = False  # each worker is in a network of its own
    clock: bool = False  # the workers believe the clock that the trial sets
    workers: list[Worker] = field(default_factory=list)
    cables: list[Cable] = field(default_factory=list)

    def __post_init__(self) -> None:
        from madoguchi.delivery.tests.sink import Sink

        (self.folder / "sink").mkdir(parents=True)
        self.sink = Sink(self.folder / "sink", address=ADDRESS)
        self.sink.start()
        self.outbox = Disk(self.folder / "var", megabytes=4)

    # --- workers ------------------------------------------------------------------------------------------------------

    def start_worker(self) -> None:
        """A worker as a process of its own. Where ``networks`` are its own too, so is its disk: another machine."""
        number = len(self.workers) + 1
        folder = self.folder / f"var{number}" if self.networks else self.outbox.folder
        there, go = self.folder / f"there{number}", os.pipe()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                if self.networks:
                    leave_network()
                there.touch()
                os.read(go[0], 1)
                self._work(folder, is_ahead=self.clock and number == 2)
                status = 0
            finally:
                os._exit(status)
        while self.networks and not there.exists():
            time.sleep(0.005)
        if self.networks:
            self.cables.append(Cable(pid, number=number))
        os.write(go[1], b".")
        for end in go:
            os.close(end)
        self.workers.append(Worker(pid))

    def _work(self, folder: Path, *, is_ahead: bool) -> None:
        """In the child: the worker as it is, but for shorter times; ``is_ahead``: its machine's clock is wrong."""
        import time_machine
        import uvloop

        from madoguchi.delivery.engine.engine import Engine
        from madoguchi.delivery.engine.feeder import Patience
        from madoguchi.delivery.engine.options import Options
        from madoguchi.delivery.engine.relays import relays
        from madoguchi.delivery.management.commands import worker

        rate = f"?rate={self.size.rate}" if self.size.rate else ""
        patience = self.size.patience
        parameters = self.database.parameters()
        if self.clock:
            parameters["options"] = "-c search_path=faults,public,pg_catalog"
        engine = Engine(
            relays(self.sink.url + rate, hello="aoba.example", connections=CONNECTIONS),
            database=parameters,
            folder=folder / "outbox",
            options=Options(
                lease=self.size.lease,
                poll=1.0,
                group_pause=self.size.group_pause,
                batch=max(20, min(500, self.size.letters // 10)),
                patience=Patience(connect=patience, command=patience, acceptance=patience),
            ),
        )
        worker.outgoing = lambda: engine
        gc.freeze()
        if is_ahead:
            time_machine.travel(datetime.now(UTC) + timedelta(hours=2), tick=True).start()
        uvloop.run(worker.work(only="mail"))

    def kill_workers(self) -> None:
        for worker in self.workers:
            worker.end(signal.SIGKILL)

    # --- the mailing --------------------------------------------------------------------------------------------------

    def publish(self) -> None:
        with self.database.connect() as connection, connection.transaction():
            ((self.mailing,),) = connection.execute(_MAILING, [f"{time.monotonic_ns()}"]).fetchall()
            connection.execute(_LETTERS, [self.mailing, self.size.letters])

    def arrived(self) -> int:
        with contextlib.suppress(FileNotFoundError):
            return (self.sink.folder / "accepted").read_bytes().count(b"\n")
        return 0

    def wait_for(self, part: float) -> None:
        deadline = time.monotonic() + self.size.limit
        while self.arrived() < self.size.letters * part:
            if time.monotonic() > deadline:
                raise RuntimeError("the worker does not send")
            time.sleep(0.005)

    def wait_until_finished(self) -> bool:
        """Whether every letter got its outcome in time. What waits for its next try is made due when all is quiet."""
        deadline, seen, quiet_since = time.monotonic() + self.size.limit, -1, time.monotonic()
        while time.monotonic() < deadline:
            self.database.see_to_it_that_it_runs()
            with contextlib.suppress(Exception), self.database.connect() as connection:
                row = connection.execute(
                    "SELECT finished_at IS NOT NULL FROM delivery_mailing WHERE id = %s", [self.mailing]
                ).fetchone()
                if row and row[0]:
                    return True
                if self.arrived() != seen:
                    seen, quiet_since = self.arrived(), time.monotonic()
                elif time.monotonic() > quiet_since + 0.5:
                    connection.execute(_MAKE_DUE)
            time.sleep(0.1)
        return False

    def unrecorded(self) -> int:
        """How many letters have arrived of which the database does not know it."""
        with self.database.connect() as connection:
            rows = connection.execute(
                "SELECT address FROM delivery_letter WHERE mailing_id = %s AND state = 'sent'", [self.mailing]
            ).fetchall()
        return len(set(self.sink.counted()) - {address for (address,) in rows})

    def count(self, *, may_double: int, refused: int) -> Mapping[str, float]:
        """``refused`` is how many addresses the receiver refused for good: they have got nothing, and that is right."""
        times: Counter[str] = Counter()
        ids: dict[str, set[str]] = {}
        for one in self.sink.accepted():
            times[one["to"]] += 1
            ids.setdefault(one["to"], set()).add(
                str(message_from_string(one["raw"].partition("\r\n\r\n")[0])["Message-ID"])
            )
        return {
            "lost": self.size.letters - refused - len(times),
            "doubled": sum(times.values()) - len(times),
            "may_double": may_double,
            "other_message_id": sum(len(of_one) > 1 for of_one in ids.values()),
        }

    def end(self) -> None:
        self.kill_workers()
        self.sink.stop()
        self.outbox.remove()


def _tell_parent_we_are_there(file: Path) -> None:
    file.touch()
