"""Take a file of usage records in, calls for the most part: read, rate and store it in one transaction, once."""

from array import array
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from .closing.months import keep_imports_out
from .formats import FORMATS, Format, Problem, mapped_format
from .formats.files import digest, position
from .formats.mapping import CALLS, Mapping
from .models import UsageImport
from .usage.registry import KINDS

KEPT = 10_000  # problems an outcome holds: a file may be wrong from its first line to its last


@dataclass(frozen=True, slots=True)
class CallFile:
    """A file and how to read it. ``form``: a key of ``FORMATS``, or ``mapped`` with a ``mapping``; ``zone``: of local
    times in it; ``source``: the switch, within which call ids are unique."""

    path: Path
    form: str
    source: str
    zone: str = "Asia/Tokyo"
    mapping: Mapping | None = None
    called: str = ""  # what people call it, where that is not the path's name

    @property
    def name(self) -> str:
        return (self.called or self.path.name)[:200]

    @property
    def records(self) -> str:
        """The kind of its records: a key of ``usage.registry.KINDS``."""
        return self.mapping.records if self.mapping else CALLS

    @property
    def format(self) -> Format:
        return mapped_format(self.mapping) if self.mapping else FORMATS[self.form]


@dataclass
class Outcome:
    """What became of a file's records, each counted once. ``problems`` and ``bad_lines`` in the order of the file."""

    digest: str  # of the file, SHA-256
    before: UsageImport | None = None  # the same file was taken in then; nothing below is set
    number: int = 0  # of the import, by which it can be undone
    read: int = 0
    stored: int = 0
    skipped: int = 0  # there already, the same
    conflicting: int = 0  # there already, and different: kept apart
    legs: int = 0  # second legs, left out
    problems: list[Problem] = field(default_factory=list)  # the first so many; all of them are kept with the import
    bad_lines: "array[int]" = field(default_factory=lambda: array("q"))  # where the rejected records begin, all of them

    @property
    def rejected(self) -> int:
        return len(self.bad_lines)


class Told(Protocol):
    """Whoever wants to know how far an import is (``imports.progress``)."""

    def tell(self, *, records: int, at: int) -> None: ...


def import_calls(file: CallFile, *, now: datetime, commit: bool, told: Told | None = None) -> Outcome:
    """Read the file and store its calls with their prices.

    With ``commit`` False everything is done and taken back, so that the outcome says what would happen. A file without
    records is no import. Raises ``NotText``, ``Damaged``, ``NotParquet``, ``MissingColumns``, ``OSError``.
    """
    outcome = Outcome(digest=digest(file.path))
    with transaction.atomic():
        keep_imports_out(to="taking a file of usage in")  # one at a time: the second sees what the first stored
        if before := UsageImport.objects.filter(digest=outcome.digest, undone_at=None).first():
            outcome.before = before
            return outcome
        usage_import = UsageImport.objects.create(
            digest=outcome.digest,
            file_name=file.name,
            format=file.form,
            records=file.records,
            source=file.source,
            zone=file.zone,
            imported_at=now,
        )
        _read_and_store(file, usage_import=usage_import, outcome=outcome, now=now, told=told)
        outcome.number = usage_import.pk if outcome.read else 0
        _finish(usage_import, outcome)
        if not commit or not outcome.read:
            transaction.set_rollback(True)
    return outcome


def _read_and_store(
    file: CallFile, *, usage_import: UsageImport, outcome: Outcome, now: datetime, told: Told | None
) -> None:
    """One batch is read and rated while the one before it is copied: the database has a processor of its own."""
    form, kind = file.format, KINDS[file.records]
    to_lines = kind.begin()
    store = kind.store(usage_import, connection.connection)
    storing: Future[None] | None = None
    good = 0
    with ThreadPoolExecutor(1) as thread:
        for batch in form.read(file.path, zone=ZoneInfo(file.zone), now=now):
            outcome.read += batch.read
            outcome.legs += batch.legs
            lines = to_lines(batch.records, first=good, form=form, source=file.source)
            good += batch.records.height
            problems = sorted(batch.problems + lines.problems, key=lambda problem: problem.line)
            outcome.bad_lines.extend(problem.line for problem in problems)
            outcome.problems += problems[: KEPT - len(outcome.problems)]
            if storing:
                storing.result()
            storing = thread.submit(store.take, lines.rated, problems)
            if told:
                told.tell(records=outcome.read, at=position(file.path))
        if storing:
            storing.result()
    counts = store.finish()
    outcome.stored, outcome.skipped, outcome.conflicting = counts.stored, counts.skipped, counts.conflicting


def _finish(usage_import: UsageImport, outcome: Outcome) -> None:
    usage_import.read = outcome.read
    usage_import.stored = outcome.stored
    usage_import.skipped = outcome.skipped
    usage_import.conflicting = outcome.conflicting
    usage_import.rejected = outcome.rejected
    usage_import.save(update_fields=["read", "stored", "skipped", "conflicting", "rejected"])
