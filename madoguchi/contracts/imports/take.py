"""Files of customers, contracts, numbers and roles into the database: all good rows of all files, or nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, transaction

from . import contracts, customers, numbers, roles
from .rows import KINDS, Problem, Reading, Row, open_file
from .stock import Cells, Done, Wrong

TOGETHER = 2000  # rows looked up, changed and written at once
LISTED = 1000  # problems of a file that are named; those beyond are counted
_ACTS: dict[str, Callable[[Sequence[Cells]], list[Done | Wrong]]] = {
    "customers": customers.take,
    "contracts": contracts.take,
    "numbers": numbers.take,
    "roles": roles.take,
}


@dataclass
class Outcome:
    """What became of one file's rows; each is in one of the counts. ``problems``: the first ones, by line."""

    path: Path
    kind: str
    counts: Counter[str] = field(default_factory=Counter)  # new, changed, same, rejected
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was left out: the names of its file's columns, its cells as they stand there, and why."""

    path: Path
    columns: list[str]
    cells: list[str]
    line: int
    problems: list[Problem]


Told = Callable[[Rejected], None]
Counted = Callable[[Path, int], None]


def import_files(
    paths: Sequence[Path],
    *,
    commit: bool,
    rejected: Told | None = None,
    counted: Counted | None = None,
) -> list[Outcome]:
    """Take the files in, customers first, whatever order they are named in; one transaction.

    With ``commit`` False everything is done and taken back, so that the outcomes say what would happen. Bad rows are
    left out, listed, and told to ``rejected`` one by one; ``counted`` is told the path and how many of its rows are
    done. Raises :class:`.rows.NotAFile`, ``OSError``.
    """
    readings = sorted(map(open_file, paths), key=lambda reading: list(KINDS).index(reading.kind))
    with transaction.atomic():
        one_at_a_time()
        outcomes = [_take(reading, rejected=rejected, counted=counted) for reading in readings]
        if not commit:
            transaction.set_rollback(True)
    return outcomes


def one_at_a_time() -> None:
    """Wait for who else changes contracts from outside, and keep them waiting until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('contracts_import'))")


def take_rows(kind: str, rows: Sequence[Row]) -> Iterator[tuple[Row, Done | list[Problem]]]:
    """Store those that are good; with each what became of it, or what is wrong with it."""
    good = [row for row in rows if not row.problems]
    said = iter(_ACTS[kind]([row.cells for row in good]))
    for row in rows:
        if row.problems:
            yield row, row.problems
            continue
        done = next(said)
        yield row, [Problem(row.line, done.column, done.reason, done.value)] if isinstance(done, Wrong) else done


def _take(reading: Reading, *, rejected: Told | None, counted: Counted | None) -> Outcome:
    outcome = Outcome(reading.path, reading.kind)
    for rows in reading.batches(TOGETHER):
        for row, done in take_rows(reading.kind, rows):
            if isinstance(done, str):
                outcome.counts[done] += 1
                continue
            outcome.counts["rejected"] += 1
            outcome.problems += done[: LISTED - len(outcome.problems)]
            if rejected:
                rejected(Rejected(reading.path, reading.head, row.text, row.line, done))
        if counted:
            counted(reading.path, outcome.counts.total())
    return outcome
