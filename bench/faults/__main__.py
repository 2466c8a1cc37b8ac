"""Publish to many, break something in the middle, count at the receiver. ``python -m bench.faults [--letters N]``.

The receiver is a process of its own and writes down every message before it says 250; lost and doubled are counted from
its file, never from our tables. A letter may come twice only if its acceptance was on its way when the worker was
killed: at most one for each open connection, under the same Message-ID. Prints one JSON object last. A relay that hangs
is left to the tests, where patience is short; here it would be ten minutes.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from email import message_from_string
from pathlib import Path

import psycopg

from bench import stage

CONNECTIONS = 10


class Trial:
    """One mailing, its workers and its receiver."""

    def __init__(self, letters: int, folder: Path) -> None:
        from madoguchi.delivery.tests.sink import Sink

        self.letters = letters
        self.folder = folder
        self.sink = Sink(folder / "sink")
        self.sink.folder.mkdir(parents=True)
        self.workers: list[subprocess.Popen[bytes]] = []
        self.broken_at = 0.0

    def start_worker(self) -> None:
        from django.db import connection

        from madoguchi.delivery.tests import worker

        self.workers.append(
            worker.start(
                folder=self.folder,
                relay=self.sink.url,
                database=connection.settings_dict,
                connections=CONNECTIONS,
            )
        )

    def kill_workers(self) -> None:
        for running in self.workers:
            running.send_signal(signal.SIGKILL)
            running.wait()
        self.workers.clear()

    def arrived(self) -> int:
        with contextlib.suppress(FileNotFoundError):
            return (self.sink.folder / "accepted").read_bytes().count(b"\n")
        return 0

    def wait_for(self, part: float) -> None:
        while self.arrived() < self.letters * part:
            time.sleep(0.005)


def kill_the_worker(trial: Trial) -> int:
    trial.kill_workers()
    trial.start_worker()
    return CONNECTIONS


def kill_every_worker_of_two(trial: Trial) -> int:
    trial.start_worker()
    trial.wait_for(0.5)
    trial.kill_workers()
    trial.start_worker()
    return 2 * CONNECTIONS


def two_workers_race(trial: Trial) -> int:
    trial.start_worker()
    return 0


def cut_every_connection_to_the_database(trial: Trial) -> int:
    for _ in range(5):
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        time.sleep(0.3)
    return 0


def database_away(trial: Trial) -> int:
    """Nobody may connect to the database for ten seconds, and everybody is thrown out."""
    name = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_URL"])["dbname"]
    with psycopg.connect(os.environ["DATABASE_URL"], dbname="postgres", autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        time.sleep(10)
        connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    return 0


def relay(mode: str, seconds: float = 3.0) -> Callable[[Trial], int]:
    def misbehave(trial: Trial) -> int:
        trial.sink.mode(mode)
        time.sleep(seconds)
        trial.sink.mode("")
        make_due()
        return 0

    return misbehave


def relay_gone(trial: Trial) -> int:
    trial.sink.stop()
    time.sleep(3)
    trial.sink.start()
    make_due()
    return 0


TRIALS: dict[str, Callable[[Trial], int]] = {
    "kill -9 of the worker": kill_the_worker,
    "kill -9 of two workers": kill_every_worker_of_two,
    "two workers race": two_workers_race,
    "database hangs up on everybody, five times": cut_every_connection_to_the_database,
    "database away for 10 s": database_away,
    "relay gone for 3 s": relay_gone,
    "relay refuses": relay("refuse"),
    "relay drops the connection after the data": relay("drop"),
    "relay answers 450": relay("busy @"),
    "relay answers 421": relay("go-away"),
}


def make_due() -> None:
    """Do not wait out the schedule of retries: what is to be tried later is due now."""
    from django.utils import timezone

    from madoguchi.delivery.models import Letter

    Letter.objects.filter(state="queued", leased_until=None).update(due_at=timezone.now())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--letters", type=int, default=5_000)
    options.add_argument("--only", help="trials whose name contains this")
    chosen = options.parse_args()
    stage.set_up("faults")
    results = {}
    for name, break_something in TRIALS.items():
        if not chosen.only or chosen.only in name:
            with trial_of(chosen.letters) as trial:
                results[name] = run(trial, break_something)
            stage.say(f"{name}: {results[name]}")
    met = all(not one["lost"] and one["doubled"] <= one["may_double"] for one in results.values())
    sys.stdout.write(
        json.dumps({"bench": "faults", "letters": chosen.letters, "trials": results, "met": met}, ensure_ascii=False)
    )
    sys.stdout.write("\n")


@contextlib.contextmanager
def trial_of(letters: int) -> Iterator[Trial]:
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-faults-"))
    trial = Trial(letters, folder)
    trial.sink.start()
    try:
        yield trial
    finally:
        trial.kill_workers()
        trial.sink.stop()
        shutil.rmtree(folder)


def run(trial: Trial, break_something: Callable[[Trial], int]) -> dict[str, float]:
    mailing = write_mailing(trial.letters)
    trial.start_worker()
    trial.wait_for(0.2)
    began, before = time.monotonic(), trial.arrived()
    may_double = break_something(trial)
    stop = threading.Event()
    while not finished(mailing):
        if time.monotonic() - began > 300:
            break
        make_due_if_idle(trial)
        stop.wait(0.3)
    counted = trial.sink.counted()
    ids: dict[str, set[str]] = {}
    for one in trial.sink.accepted():
        ids.setdefault(one["to"], set()).add(str(message_from_string(one["raw"])["Message-ID"]))
    return {
        "sent_before": before,
        "lost": trial.letters - len(counted),
        "doubled": sum(times - 1 for times in counted.values()),
        "may_double": may_double,
        "message_ids_changed": sum(len(of_one) > 1 for of_one in ids.values()),
        "seconds_to_recover": round(time.monotonic() - began, 1),
    }


def make_due_if_idle(trial: Trial) -> None:
    """What arrived has stopped growing: the rest waits for its next try, and the trial does not."""
    before = trial.arrived()
    time.sleep(0.5)
    if trial.arrived() == before:
        with contextlib.suppress(Exception):
            make_due()


def finished(mailing: int) -> bool:
    from django.db import Error, connection

    from madoguchi.delivery.models import Mailing

    try:
        return not Mailing.objects.filter(pk=mailing, finished_at=None).exists()
    except Error:
        connection.close()
        return False


def write_mailing(letters: int) -> int:
    from datetime import timedelta

    from django.db import connection
    from django.utils import timezone

    from madoguchi.delivery.models import Mailing
    from madoguchi.lib.lanes import Lane

    connection.close()
    mailing = Mailing.objects.create(
        renderer="test.notice",
        reference=f"{time.monotonic_ns()}",
        lane=Lane.TROUBLE,
        expires_at=timezone.now() + timedelta(days=1),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO delivery_letter (mailing_id, recipient_key, address, language, personal)"
            " SELECT %s, n::text, 'person' || n || '@example' || n %% 50 || '.jp', 'ja',"
            " jsonb_build_object('name', n::text, 'token', 'token-' || n) FROM generate_series(1, %s) AS n",
            [mailing.pk, letters],
        )
    return mailing.pk


if __name__ == "__main__":
    main()
