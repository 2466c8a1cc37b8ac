"""Publish to many, break something in the middle, count at the receiver. ``python -m bench.faults [--letters N]``.

The receiver is a process of its own and writes down every message before it says 250; lost and doubled are counted from
its file, never from our tables. A letter may come twice only if its acceptance was on its way when its worker died or
was cut off, under the same Message-ID. Every trial has a receiver, workers and rows of its own; the database is one of
our own on a disk that can be filled, all of it in namespaces that end with the process. Prints a table, and one JSON
object last. ``--small`` is the form that belongs to the tests.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.faults import place

if TYPE_CHECKING:
    from bench.faults.cases import Case
    from bench.faults.trial import Size

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.settings")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--letters", type=int, default=100_000)
    options.add_argument("--small", action="store_true", help="a few hundred letters, short troubles")
    options.add_argument("--only", default="", help="trials whose name contains this")
    chosen = options.parse_args()
    place.enter()
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-faults-"))
    folder.chmod(0o755)
    try:
        trials = run_all(chosen, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    met = all(
        not one["lost"] and one["doubled"] <= one["may_double"] and not one["other_message_id"] and one["finished"]
        for one in trials.values()
    )
    letters = next(iter(trials.values()))["letters"] if trials else 0
    sys.stdout.write(json.dumps({"bench": "faults", "letters": letters, "trials": trials, "met": met}) + "\n")
    sys.exit(not met)


def run_all(chosen: argparse.Namespace, folder: Path) -> dict[str, dict[str, Any]]:
    from bench.faults.cases import CASES
    from bench.faults.trial import Size

    if chosen.small:
        size = Size(letters=300, rate=200, away=2.0, trouble=1.0, lease=4.0, group_pause=2.0, patience=1.0, limit=150)
    else:
        size = Size(
            letters=chosen.letters,
            rate=0,
            away=30.0,
            trouble=5.0,
            lease=60.0,
            group_pause=30.0,
            patience=10.0,
            limit=900,
        )
    database = place.Database(folder, megabytes=250 + size.letters // 100)
    try:
        set_up(database, folder)
        found = {}
        say(f"{'':44}{'lost':>6}{'doubled':>9}{'may':>6}{'recovered after':>17}")
        for number, case in enumerate(CASES):
            if chosen.only in case.name:
                one = found[case.name] = run(case, size, folder / str(number), database)
                say(
                    f"{case.name:44}{one['lost']:>6}{one['doubled']:>9}{one['may_double']:>6}"
                    f"{one['seconds_to_recover']:>15} s" + ("" if one["finished"] else "  not finished")
                )
        return found
    finally:
        database.stop()
        database.disk.remove()


def set_up(database: place.Database, folder: Path) -> None:
    """The tables of this room alone, and the renderer of its tests; no connection is left open, for forks to share."""
    os.environ.update({"DATABASE_URL": database.url(), "MADOGUCHI_VAR": str(folder), "MADOGUCHI_LOG_FORMAT": "json"})
    import logging

    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    from madoguchi.delivery import renderers
    from madoguchi.delivery.tests.conftest import notice

    logging.disable(logging.CRITICAL)
    renderers.register("test.notice", notice)
    call_command("migrate", "delivery", verbosity=0)
    connections.close_all()
    database.lend_a_clock()


def run(case: "Case", size: "Size", folder: Path, database: place.Database) -> dict[str, Any]:
    from bench.faults.trial import Trial

    trial = Trial(size, folder, database, networks=case.networks, clock=case.clock)
    try:
        if case.refused:
            trial.sink.mode("reject @example7.jp")
        trial.publish()
        for _ in range(case.workers):
            trial.start_worker()
        trial.wait_for(0.2)
        before = trial.arrived()
        may_double = case.act(trial)
        mended = time.monotonic()
        finished = trial.wait_until_finished()
        return {
            "letters": size.letters,
            "sent_before": before,
            **trial.count(may_double=may_double, refused=size.letters // 50 if case.refused else 0),
            "seconds_to_recover": round(time.monotonic() - mended, 1),
            "finished": finished,
        }
    finally:
        trial.end()


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
