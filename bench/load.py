"""Call records from the switch's file to a page that shows them, beside a bare COPY. ``python -m bench.load``.

Ours is ``import_calls`` on an Asterisk CSV, from the file's digest to the commit, and then a contract's statement asked
for as its holder asks for it: records read, checked, numbers recognised, contracts found, calls rated, told apart from
what is stored, written. The reference is the rows that came of it, written out as CSV before, copied by one COPY into
the same partitioned table with the same indexes, and committed. Both begin with a month that has no rows, take turns,
and are measured in wall time; the ratio is the median of the rounds.

``cpu`` is processor time for a call in microseconds, of our process and of the database's for it: where others use the
machine too, it says more. The reference inserts into three indexes row by row, as COPY into a table does; ours fills a
month that has no rows before it has indexes.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bench import load_input, stage

REACH = {"copy": 0.5}
CALLS = 1_000_000
NOW = datetime.fromisoformat("2026-11-22T10:00:00+09:00")
MONTH = date(2026, 10, 1)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=CALLS)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    folder = stage.set_up("load", MADOGUCHI_STATIC="plain", MADOGUCHI_HOSTS="testserver")
    stage.say(f"{chosen.calls} calls are written")
    contract = populate(chosen.calls)
    file = load_input.calls(folder / "calls.csv", chosen.calls)
    rows = folder / "rows.csv"
    rounds = []
    for number in range(1, chosen.rounds + 1):
        empty()
        ours = in_a_process(file, contract)
        if number == 1:
            write_out(rows)
        empty()
        copied = measured(copy, rows)
        rounds.append({"ours": ours, "copy": copied})
        stage.say(
            f"round {number}: ours {ours['seconds']:.1f} s ({ours['page']:.2f} s of it the page), copy "
            f"{copied['seconds']:.1f} s; processor {ours['cpu']:.1f} and {copied['cpu']:.1f} s"
        )
    report(rounds, chosen.calls)


def populate(calls: int) -> str:
    """The sample tariff and the contracts; returns the number of the one whose page is read."""
    from madoguchi.statements.load_tariff import load_tariff

    load_tariff()
    return load_input.contracts(max(calls // load_input.CALLS_A_CONTRACT, 1)).number


def empty() -> None:
    """No calls, no imports, and no month."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS statements_call_202610")
        cursor.execute("TRUNCATE statements_call, statements_usageimport CASCADE")
        cursor.execute("CHECKPOINT")


def measured(act: Callable[..., Any], *arguments: object) -> dict[str, float]:
    """Seconds on the wall, and of processor: this process's and its database connection's."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    begun, own, theirs = time.perf_counter(), time.process_time(), stage.processor_time(backend)
    act(*arguments)
    return {
        "seconds": time.perf_counter() - begun,
        "own": time.process_time() - own,
        "database": stage.processor_time(backend) - theirs,
        "cpu": time.process_time() - own + stage.processor_time(backend) - theirs,
    }


def in_a_process(file: Path, contract: str) -> dict[str, float]:
    """The import and the page, in a process of its own, so that its memory is its own."""
    command = (sys.executable, "-m", "bench.load_ours", str(file), contract)
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def write_out(path: Path) -> None:
    """The rows stored, in their order, as the importer writes them."""
    from django.db import connection

    every = "COPY (SELECT * FROM statements_call) TO STDOUT (FORMAT csv)"
    with path.open("wb") as file, connection.cursor() as cursor, cursor.copy(every) as out:
        for part in out:
            file.write(part)


def copy(path: Path) -> None:
    """The rows alone, into the month's partition and its indexes."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT statements_open_month(%s)", [MONTH])
        with path.open("rb") as file, cursor.copy("COPY statements_call FROM STDIN (FORMAT csv)") as into:
            while part := file.read(1 << 20):
                into.write(part)


def report(rounds: list[dict[str, dict[str, float]]], calls: int) -> None:
    def median(way: str, what: str) -> float:
        return statistics.median(one[way][what] for one in rounds)

    stage.report(
        "load",
        ours=calls / median("ours", "seconds"),
        unit="calls/s",
        references={"copy": calls / median("copy", "seconds")},
        ratios={"copy": statistics.median(one["copy"]["seconds"] / one["ours"]["seconds"] for one in rounds)},
        reach=REACH,
        calls=calls,
        page_seconds=round(median("ours", "page"), 3),
        peak_mb=round(max(one["ours"]["peak_mb"] for one in rounds)),
        cpu={
            way: {part: round(median(way, part) / calls * 1e6, 2) for part in ("own", "database")}
            for way in ("ours", "copy")
        },
        cores=os.cpu_count(),
    )


if __name__ == "__main__":
    main()
