"""The worker's part: check the files of an upload that was received, store those of one that was confirmed.

All of it is one transaction. How far it is, is told over a connection of its own, which also holds the lock that says
that somebody is at it: when the worker dies the lock goes with it, nothing of its work was stored, and another begins.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from django.db import transaction
from django.utils import timezone

from madoguchi.contracts.models import Upload, UploadFile
from madoguchi.lib.beside import Beside

from .rows import NotAFile
from .take import Outcome, Rejected, import_files
from .uploads import rejected_line

State = Upload.State
LISTED = 200  # rejected cells that the page lists; the download has all
TRIES = 3


def go_on(upload_id: int) -> None:
    """Do what the upload waits for; nothing where another worker is at it, or where it waits for nothing."""
    with _Telling(upload_id) as telling:
        if not telling.alone():
            return
        upload = Upload.objects.get(pk=upload_id)
        if not upload.moves:
            return
        if upload.tries >= TRIES:
            _refuse(upload, "interrupted")
            return
        storing = upload.state in {State.CONFIRMED, State.STORING}
        telling.begin(State.STORING if storing else State.CHECKING)
        try:
            _take(upload, telling, storing=storing)
        except NotAFile as error:
            name = upload.files.get(pk=int(Path(error.path).stem)).name if error.path else ""
            _refuse(upload, error.reason, about=error.about, name=name)
        except FileNotFoundError:
            _refuse(upload, "gone")


@transaction.atomic
def _take(upload: Upload, telling: "_Telling", *, storing: bool) -> None:
    files = {file.path: file for file in upload.files.all()}
    with ExitStack() as stack:
        rejects = _Rejects(stack, files)
        outcomes = import_files(
            list(files),
            commit=storing,
            rejected=rejects.take,
            counted=lambda path, done: telling.tell(files[path].pk, done),
        )
    for outcome in outcomes:
        _note(files[outcome.path], outcome)
    state = State.DONE if storing else State.CHECKED
    Upload.objects.filter(pk=upload.pk).update(
        state=state, tries=0, finished_at=timezone.now() if storing else None, told_at=None
    )
    if storing:
        transaction.on_commit(lambda: _forget(files))


def _forget(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _note(file: UploadFile, outcome: Outcome) -> None:
    for name in ("new", "changed", "same", "rejected"):
        setattr(file, name, outcome.counts[name])
    file.kind = outcome.kind
    file.read = outcome.counts.total()
    file.problems = [[one.line, one.column, one.reason, one.value] for one in outcome.problems[:LISTED]]
    file.save()


def _refuse(upload: Upload, reason: str, *, about: str = "", name: str = "") -> None:
    Upload.objects.filter(pk=upload.pk).update(
        state=State.REFUSED,
        reason=reason,
        about=about[:300],
        refused_file=name,
        finished_at=timezone.now(),
        told_at=None,
    )
    for file in upload.files.all():
        file.path.unlink(missing_ok=True)
        file.rejects.unlink(missing_ok=True)


class _Rejects:
    """Rows that are left out, written beside their file as they come."""

    def __init__(self, stack: ExitStack, files: dict[Path, UploadFile]) -> None:
        self._stack, self._files = stack, files
        self._open: dict[Path, TextIO] = {}
        for file in files.values():
            file.rejects.unlink(missing_ok=True)

    def take(self, row: Rejected) -> None:
        if row.path not in self._open:
            file = self._stack.enter_context(self._files[row.path].rejects.open("w", encoding="utf-8"))
            file.write(rejected_line(0, [], row.columns))
            self._open[row.path] = file
        said = [(one.column, one.reason, one.value) for one in row.problems]
        self._open[row.path].write(rejected_line(row.line, said, row.cells))


class _Telling(Beside):
    """Of one upload."""

    def __init__(self, upload_id: int) -> None:
        super().__init__()
        self._upload = upload_id

    def alone(self) -> bool:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtext('contracts_upload'), %s)", [self._upload])
            return bool(cursor.fetchone()[0])

    def begin(self, state: str) -> None:
        self.execute(
            "UPDATE contracts_upload SET state = %s, tries = tries + 1, told_at = %s WHERE id = %s",
            *(state, timezone.now(), self._upload),
        )
        self.execute("UPDATE contracts_uploadfile SET read = 0 WHERE upload_id = %s", self._upload)

    def tell(self, file_id: int, rows: int) -> None:
        """At most once a second."""
        if self.is_time():
            self.execute("UPDATE contracts_uploadfile SET read = %s WHERE id = %s", rows, file_id)
            self.execute("UPDATE contracts_upload SET told_at = %s WHERE id = %s", timezone.now(), self._upload)
