"""A statement's page with few and with many calls stored. ``python -m bench.statement [--calls 50000000]``.

Two databases of one server hold the same product: one with 1,000,000 calls, one with as many as are asked for, each
contract 200 a month in the six past months and the current one, put in as an import puts in a month that has no rows.
Customers of some contracts, signed in and their contact phones proven, ask for a past month with 100 of its 200 lines
over HTTP, from a web server for each database, in turns. The first page of each counts apart: it reads what lies on the
disk. The ratio is that of the 95th percentiles; ``cpu_ms`` is processor time for a page, of the web server and of the
database's connections, which says more where others use the machine.

The databases are dropped at the end: 50,000,000 calls take some 20 GB.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg

from bench import stage, statement_stored, web

REACH = 1.2
FEW = 1_000_000
CALLS = 50_000_000


@dataclass
class Side:
    """A database, its web server, and who asks it."""

    name: str
    calls: int
    port: int = 0
    asked: list[tuple[str, web.Browser]] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    cpu: float = 0.0

    def ask(self, reader: int) -> float:
        path, browser = self.asked[reader]
        browser.close()  # the server ends a connection that was idle for long
        start = time.perf_counter()
        answer = browser.get(path)
        took = time.perf_counter() - start
        if answer.status != 200 or answer.body.count(b"<tr") < statement_stored.PAGE:
            raise SystemExit(f"not the page: {answer.status} {answer.location}")
        return took

    def spent(self) -> dict[int, float]:
        return web.cpu_seconds(f"--port {self.port} ", f" bench_{self.name} ")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=CALLS)
    options.add_argument("--few", type=int, default=FEW)
    options.add_argument("--rounds", type=int, default=30)
    options.add_argument("--readers", type=int, default=10)
    chosen = options.parse_args()
    stage.set_up("statement", MADOGUCHI_STATIC="plain")
    # The many first: what is proven of the phone lasts for hours, not for days.
    many, few = Side("statement_many", chosen.calls), Side("statement_few", chosen.few)
    try:
        with opened(many, chosen.readers), opened(few, chosen.readers):
            measure(few, many, rounds=chosen.rounds)
    finally:
        drop(many, few)
    report(few, many)


@contextlib.contextmanager
def opened(side: Side, readers: int) -> Iterator[None]:
    """Store the side's calls in a database of its own, and serve it."""
    stage.say(f"{side.name}: {side.calls} calls are stored")
    start = time.perf_counter()
    command = (sys.executable, "-m", "bench.statement_stored", side.name, str(side.calls), str(readers))
    made: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    stage.say(f"{side.name}: stored in {time.perf_counter() - start:.0f} s, {made['gigabytes']:.1f} GB")
    own = os.environ["DATABASE_URL"]
    os.environ["DATABASE_URL"] = made["database"]
    with web.server(workers=1) as side.port:
        os.environ["DATABASE_URL"] = own
        side.asked = [
            (path, web.Browser(side.port, cookies={"csrf": "a" * 32, **cookies})) for path, cookies in made["readers"]
        ]
        yield


def measure(few: Side, many: Side, *, rounds: int) -> None:
    """Every reader's first page, then ``rounds`` pages each; the sides in turns, whichever first changing."""
    readers = range(len(few.asked))
    for reader in readers:
        for side in (few, many):
            side.first.append(side.ask(reader))
    for number in range(rounds):
        for reader in readers:
            for side in (few, many) if (number + reader) % 2 else (many, few):
                before = side.spent()
                side.seconds.append(side.ask(reader))
                side.cpu += sum(now - before.get(process, 0.0) for process, now in side.spent().items())


def report(few: Side, many: Side) -> None:
    def milliseconds(times: list[float], part: int) -> float:
        """The ``part``-th twentieth."""
        return 1000 * statistics.quantiles(times, n=20, method="inclusive")[part - 1]

    ours, theirs = (milliseconds(side.seconds, 19) for side in (many, few))
    sides = {"few": few, "many": many}
    stage.report(
        "statement",
        ours=ours,
        unit="ms, 95th percentile",
        references={"few": theirs},
        ratios={"few": ours / theirs},
        at_most={"few": REACH},
        calls={name: side.calls for name, side in sides.items()},
        median_ms={name: round(milliseconds(side.seconds, 10), 1) for name, side in sides.items()},
        first_ms={name: round(milliseconds(side.first, 19), 1) for name, side in sides.items()},
        cpu_ms={name: round(1000 * side.cpu / len(side.seconds), 1) for name, side in sides.items()},
        pages=len(many.seconds),
    )


def drop(*sides: Side) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for side in sides:
            connection.execute(f'DROP DATABASE IF EXISTS "bench_{side.name}" WITH (FORCE)')


if __name__ == "__main__":
    main()
