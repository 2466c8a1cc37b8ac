"""What is broken in the middle of a mailing. Each returns how many letters may have gone twice: those in flight."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.faults.trial import CONNECTIONS, Trial

HOURS = 2


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    act: Callable[[Trial], int]
    workers: int = 1
    refused: int = 0  # of fifty addresses, for good
    networks: bool = False  # its workers are in networks of their own
    clock: bool = False  # the workers believe a clock that the trial sets


def kill(trial: Trial) -> int:
    trial.kill_workers()
    trial.start_worker()
    return CONNECTIONS


def kill_all(trial: Trial) -> int:
    trial.kill_workers()
    trial.start_worker()
    trial.start_worker()
    return 2 * CONNECTIONS


def nothing(trial: Trial) -> int:
    return 0


def restart_database(trial: Trial) -> int:
    """Twice: as an operator does it, and as a crash does."""
    for number in (signal.SIGINT, signal.SIGQUIT):
        trial.database.stop(number)
        trial.database.start()
        time.sleep(0.3)
    return 0


def database_away(trial: Trial) -> int:
    trial.database.stop()
    time.sleep(trial.size.away)
    trial.database.start()
    return 0


def database_away_longer_than_a_lease(trial: Trial) -> int:
    """Two workers: what one has sent and cannot record, the other must not take over when the database is back."""
    trial.database.stop()
    time.sleep(trial.size.lease * 1.2)
    trial.database.start()
    return 0


def database_disk_full(trial: Trial) -> int:
    trial.database.disk.fill()
    time.sleep(trial.size.trouble)
    trial.database.disk.free()
    trial.database.see_to_it_that_it_runs()
    return 0


def outbox_disk_full(trial: Trial) -> int:
    """And the worker is killed right after there is space again."""
    trial.outbox.fill()
    time.sleep(trial.size.trouble)
    trial.outbox.free()
    time.sleep(1.5)
    trial.kill_workers()
    trial.start_worker()
    return CONNECTIONS


def relay(mode: str) -> Callable[[Trial], int]:
    def misbehave(trial: Trial) -> int:
        trial.sink.mode(mode)
        time.sleep(trial.size.trouble)
        trial.sink.mode("")
        return 0

    return misbehave


def relay_gone(trial: Trial) -> int:
    trial.sink.stop()
    time.sleep(trial.size.trouble)
    trial.sink.start()
    return 0


def clock_jumps(trial: Trial) -> int:
    """The database's clock two hours forward, which ends every lease by the clock, then back again."""
    with trial.database.connect() as connection:
        for hours in (HOURS, 0):
            connection.execute("UPDATE faults.shift SET by = make_interval(hours => %s)", [hours])
            time.sleep(trial.size.trouble)
    return 0


def cut_off(trial: Trial) -> int:
    """One of two workers loses database and relay for longer than its lease, and comes back."""
    cable = trial.cables[0]
    cable.cut()
    time.sleep(0.2)  # what the relay had already it has written down by now
    in_flight = trial.unrecorded()
    time.sleep(trial.size.lease * 1.6)
    cable.mend()
    return in_flight


CASES = (
    Case("kill -9 of a worker", kill),
    Case("kill -9 of every worker", kill_all, workers=2),
    Case("two workers race", nothing, workers=2),
    Case("database restarted, then crashed", restart_database),
    Case("database away", database_away),
    Case("database away for longer than a lease", database_away_longer_than_a_lease, workers=2),
    Case("disk of the database full", database_disk_full),
    Case("disk of the journal full, then kill -9", outbox_disk_full),
    Case("relay gone", relay_gone),
    Case("relay refuses", relay("refuse")),
    Case("relay hangs", relay("hang")),
    Case("relay drops after the data", relay("drop")),
    Case("relay answers 450", relay("busy @")),
    Case("relay answers 421", relay("go-away")),
    Case("relay answers 550 for some", nothing, refused=1),
    Case("clock of the database jumps", clock_jumps, workers=2, clock=True),
    Case("one of two workers cut off", cut_off, workers=2, networks=True),
)
