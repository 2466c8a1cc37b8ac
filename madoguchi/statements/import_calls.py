"""Take a file of call records in: read, rate and store it in one transaction, once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from .book import Book
from .formats import FORMATS, Leg, Problem, Record
from .formats.files import digest, lines_of
from .lines import to_lines
from .models import RejectedRow, UsageImport
from .staging import Staging

BATCH = 20_000  # records rated and copied at once


@dataclass(frozen=True, slots=True)
class CallFile:
    """A file and how to read it. ``form``: a key of ``FORMATS``; ``zone``: of local times in it; ``source``: the
    switch, within which call ids are unique."""

    path: Path
    form: str
    source: str
    zone: str = "Asia/Tokyo"


@dataclass
class Outcome:
    """What became of a file's records, each counted once. ``problems`` in the order of the file."""

    before: UsageImport | None = None  # the same file was taken in then; nothing else is set
    read: int = 0
    stored: int = 0
    skipped: int = 0  # there already, the same
    conflicting: int = 0  # there already, and different: kept apart
    legs: int = 0  # second legs, left out
    problems: list[Problem] = field(default_factory=list)


def import_calls(file: CallFile, *, now: datetime, commit: bool) -> Outcome:
    """Read the file and store its calls with their prices.

    With ``commit`` False everything is done and taken back, so that the outcome says what would happen. Raises
    ``NotText``, ``Damaged``, ``OSError``.
    """
    outcome = Outcome()
    file_digest = digest(file.path)
    with transaction.atomic():
        with connection.cursor() as cursor:  # one import at a time: the second sees what the first stored
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('statements_import'))")
        if before := UsageImport.objects.filter(digest=file_digest).first():
            outcome.before = before
            return outcome
        usage_import = UsageImport.objects.create(
            digest=file_digest,
            file_name=file.path.name[:200],
            format=file.form,
            source=file.source,
            zone=file.zone,
            imported_at=now,
        )
        with lines_of(file.path) as text:
            found = FORMATS[file.form].read(text, zone=ZoneInfo(file.zone), now=now)
            _store(_records(found, outcome), usage_import=usage_import, outcome=outcome)
        outcome.problems.sort(key=lambda problem: problem.line)
        _finish(usage_import, outcome)
        if not commit:
            transaction.set_rollback(True)
    return outcome


def _records(found: Iterable[Record | Problem | Leg], outcome: Outcome) -> Iterator[Record]:
    for item in found:
        outcome.read += 1
        match item:
            case Record():
                yield item
            case Problem():
                outcome.problems.append(item)
            case Leg():
                outcome.legs += 1


def _store(records: Iterator[Record], *, usage_import: UsageImport, outcome: Outcome) -> None:
    book = Book.of_today()
    staging = Staging(usage_import)
    while batch := list(islice(records, BATCH)):
        lines = to_lines(
            batch,
            form=FORMATS[usage_import.format],
            source=usage_import.source,
            book=book,
            zone=ZoneInfo(settings.TIME_ZONE),
        )
        outcome.problems += lines.problems
        if lines.rated.height:
            stored, skipped, conflicting = staging.take(lines.rated)
            outcome.stored += stored
            outcome.skipped += skipped
            outcome.conflicting += conflicting


def _finish(usage_import: UsageImport, outcome: Outcome) -> None:
    RejectedRow.objects.bulk_create(
        (
            RejectedRow(
                usage_import=usage_import,
                line=problem.line,
                column=problem.column[:60],
                reason=problem.reason,
                # A NUL cannot be stored, and the reader needs only to recognise the value.
                value=problem.value.replace("\0", "�")[:80],
            )
            for problem in outcome.problems
        ),
        batch_size=2000,
    )
    usage_import.read = outcome.read
    usage_import.stored = outcome.stored
    usage_import.skipped = outcome.skipped
    usage_import.conflicting = outcome.conflicting
    usage_import.rejected = len(outcome.problems)
    usage_import.save(update_fields=["read", "stored", "skipped", "conflicting", "rejected"])
