"""Watched folders: what comes to rest in them is imported, and moved to ``done/`` or ``failed/`` with a report.

Each step can be done again: a file without a run gets one, a run that ended without its file moved has it moved. So a
crash between any two of them loses nothing and imports nothing twice.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from madoguchi.statements.formats.files import digest
from madoguchi.statements.models import RejectedRow
from madoguchi.statements.reasons import sentence

from .folders import MAPPED, Folder
from .models import ImportRun
from .queue import hand_out
from .receive import rejects_path
from .refusals import words

AT_REST = 30  # seconds since a file was last written to
LISTED = 1000  # rejected records a report lists
_UNFINISHED = (".part", ".partial", ".tmp", ".filepart", ".crdownload")
State = ImportRun.State

log = structlog.get_logger(__name__)


def look(*, now: datetime) -> list[ImportRun]:
    """Have every file imported that has come to rest; the runs begun."""
    return [run for folder in settings.WATCHED for run in _look_into(folder, now)]


def _look_into(folder: Folder, now: datetime) -> Iterator[ImportRun]:
    try:
        files = sorted(_at_rest(folder.path, now))
        mapping = folder.mapping.read_text(encoding="utf-8-sig") if folder.mapping else ""
    except (OSError, UnicodeDecodeError) as error:
        log.error("watch.unreadable", source=folder.source, error=type(error).__name__)
        return
    for path in files:
        try:
            if not _is_text(path.name):
                _put_away(path, folder)
            elif run := _begin(path, folder, mapping, now):
                yield run
        except FileNotFoundError:
            continue  # somebody took it away again
        except OSError as error:
            log.error("watch.not_moved", source=folder.source, error=type(error).__name__)


def _at_rest(folder: Path, now: datetime) -> Iterator[Path]:
    """Files nobody writes to any more: renamed into place, or left alone for a while. Hidden ones are nobody's."""
    for path in folder.iterdir():
        if path.name.startswith(".") or path.suffix in _UNFINISHED or path.is_symlink() or not path.is_file():
            continue
        with suppress(FileNotFoundError):
            if path.stat().st_mtime <= now.timestamp() - AT_REST:
                yield path


@transaction.atomic
def _begin(path: Path, folder: Folder, mapping: str, now: datetime) -> ImportRun | None:
    """None where it has a run already, which may have ended without its file moved (:func:`settle`)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('statements_watch'))")  # two workers, one folder
    if ImportRun.objects.filter(path=str(path)).exists():
        return None
    run = ImportRun.objects.create(
        file_name=path.name[-200:],
        path=str(path),
        size=path.stat().st_size,
        format=folder.form,
        source=folder.source,
        zone=folder.zone,
        mapping=mapping if folder.form == MAPPED else "",
        way=ImportRun.Way.FOLDER,
        received_at=now,
        state=State.CONFIRMED,
    )
    hand_out(run)
    return run


def settle() -> None:
    """Move the files of runs that have ended, with a report beside each."""
    ended = ImportRun.objects.filter(way=ImportRun.Way.FOLDER, state__in=(State.DONE, State.REFUSED)).exclude(path="")
    for run in ended.order_by("pk"):
        path = Path(run.path)
        try:
            # Another file may have taken its name since, where we died after the move: that one is not moved.
            if path.is_file() and (not run.digest or digest(path) == run.digest):
                _move(run, path)
        except OSError as error:
            log.error("watch.not_moved", run=run.pk, error=type(error).__name__)
            continue
        run.path = ""
        run.save(update_fields=["path"])


def _move(run: ImportRun, path: Path) -> None:
    """A file that was imported before is done with; nothing is wrong with it. One without a good record is not."""
    taken = run.stored or run.skipped or run.conflicting or run.left_out
    good = (taken or not run.rejected) if run.state == State.DONE else run.reason in ("known", "empty")
    to = path.parent / ("done" if good else "failed")
    to.mkdir(exist_ok=True)
    place = to / path.name
    if place.exists():
        place = to / f"{run.pk}-{path.name}"
    with translation.override(_language_of(path.parent)):
        (to / f"{place.name}.report.txt").write_text("\n".join(_report(run)) + "\n", encoding="utf-8")
    if rejects_path(run).is_file():
        (to / f"{place.name}.rejected").write_bytes(rejects_path(run).read_bytes())
    path.replace(place)


def _language_of(folder: Path) -> str:
    """In which the people read who look into the folder."""
    return next((one.language for one in settings.WATCHED if one.path == folder), settings.LANGUAGE_CODE)


def _is_text(name: str) -> bool:
    """The database keeps names as text; a file system takes any bytes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _put_away(path: Path, folder: Folder) -> None:
    """A file whose name is no text is told of, and does not lie there for ever."""
    to = path.parent / "failed"
    to.mkdir(exist_ok=True)
    said = path.name.encode(errors="replace").decode()
    with translation.override(folder.language):
        report = _("The name of the file is not UTF-8. Rename it, then put it into the folder again.")
    (to / f"{said}.report.txt").write_text(f"{said}\n{report}\n", encoding="utf-8")
    path.replace(to / path.name)
    log.warning("watch.name_not_utf8", source=folder.source)


def _report(run: ImportRun) -> Iterator[str]:
    yield f"{run.file_name}  {timezone.localtime(run.finished_at):%Y-%m-%d %H:%M %Z}"
    if run.reason:
        yield words(run.reason, run.value)
        return
    yield _("This is import %(number)s. To take it back: madoguchi undo_import %(number)s") % {
        "number": run.usage_import_id
    }
    for label, count in (
        (_("records in the file"), run.read),
        (_("stored"), run.stored),
        (_("stored before, the same (left as they are)"), run.skipped),
        (_("stored before, but different (kept apart for a decision)"), run.conflicting),
        (_("left out (second legs of calls, rows the mapping does not take)"), run.left_out),
        (_("rejected"), run.rejected),
    ):
        yield f"{count:>12,}  {label}"
    rows = RejectedRow.objects.filter(usage_import=run.usage_import_id).order_by("line", "pk")
    for row in rows[:LISTED]:
        where = _("line %(line)s, %(column)s:") if row.column else _("line %(line)s:")
        yield f"  {where % {'line': row.line, 'column': row.column}} {sentence(row.reason, row.value)}"
    if run.rejected > LISTED:
        yield _("  … and %(left)s more.") % {"left": run.rejected - LISTED}
