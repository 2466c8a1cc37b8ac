"""Files of customers, contracts, numbers and roles into the database: all good rows of all files, or nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from . import contracts, customers, numbers, roles
from .rows import KINDS, Problem, Reading, Row, open_file, read_cells
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


class Busy(Exception):
    """Somebody else is changing contracts from outside, and is not about to end."""


class NotTaken(Exception):
    """Nothing was stored; ``problems`` has the kind, the place among the rows of that kind, and what is wrong."""

    def __init__(self, problems: list[tuple[str, int, Problem]]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


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


def one_at_a_time(*, patience: timedelta | None = None) -> None:
    """Wait for who else changes contracts from outside, and keep them waiting until this transaction ends.

    Raises :class:`Busy` when that takes longer than ``patience``.
    """
    with connection.cursor() as cursor:
        try:
            if patience:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{patience.total_seconds():.0f}s"])
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('contracts_import'))")
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise Busy from error
            raise
        cursor.execute("SELECT set_config('lock_timeout', '0', true)")


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


@transaction.atomic
def take_texts(rows: Mapping[str, Sequence[Mapping[str, str]]], *, patience: timedelta) -> dict[str, list[Done]]:
    """Rows by kind, each with its cells by column as a file would have them: all of them, or none.

    What became of each. Raises :class:`NotTaken` with everything that is wrong, :class:`Busy`.
    """
    one_at_a_time(patience=patience)
    said: dict[str, list[Done]] = {}
    wrong: list[tuple[str, int, Problem]] = []
    for kind in sorted(rows, key=list(KINDS).index):
        read = [Row(place, *read_cells(kind, cells, place), []) for place, cells in enumerate(rows[kind])]
        done = [(row.line, done) for row, done in take_rows(kind, read)]
        said[kind] = [word for _place, word in done if isinstance(word, str)]
        wrong += [(kind, place, one) for place, word in done if not isinstance(word, str) for one in word]
    if wrong:
        raise NotTaken(wrong)
    return said


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
