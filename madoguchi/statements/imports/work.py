"""The worker's part: check a file that was received, import one that was confirmed.

A run is worked at under a lock that ends with its transaction, however that ends. Its state says from outside that
somebody is at it; whoever gets the lock of such a run knows that the former worker died, that nothing of its work was
stored, and begins anew.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from madoguchi.statements.import_calls import CallFile, Outcome, import_calls
from madoguchi.statements.models import RejectedRow
from madoguchi.statements.rejects import NotByLine, write_bad_lines

from .models import ImportRun
from .progress import Progress
from .receive import call_file, forget_file, rejects_path
from .refusals import refusal

State = ImportRun.State
MOST_TRIES = 3


def go_on(run_id: int, *, now: datetime) -> None:
    """Do what the run waits for; nothing where it waits for nothing, or another worker is at it."""
    with transaction.atomic(), Progress(run_id) as progress:
        if not _alone_at(run_id):
            return
        run = ImportRun.objects.get(pk=run_id)
        if run.way == ImportRun.Way.COMMAND and run.moves:
            _refuse(run, "stopped", "", now)  # whoever typed it sees that it ended, and is not surprised later
        elif run.state in (State.RECEIVED, State.CHECKING):
            _try(run, State.CHECKING, _check, progress, now)
        elif run.state in (State.CONFIRMED, State.IMPORTING):
            _try(run, State.IMPORTING, _import, progress, now)


def import_at_once(file: CallFile, *, now: datetime) -> Outcome:
    """Import a file that lies where we are, on the command's word: its run is among those of the console.

    Raises what :func:`.import_calls` raises; the run says so then.
    """
    run = ImportRun.objects.create(
        file_name=file.name,
        path=str(file.path.resolve()),
        size=file.path.stat().st_size,
        format=file.form,
        source=file.source,
        zone=file.zone,
        mapping=file.mapping.text if file.mapping else "",
        way=ImportRun.Way.COMMAND,
        received_at=now,
        state=State.CONFIRMED,
    )
    try:
        with transaction.atomic(), Progress(run.pk) as progress:
            _alone_at(run.pk)
            progress.begin(State.IMPORTING)
            outcome = import_calls(file, now=now, commit=True, told=progress)
            if why := _nothing_to_take(outcome):
                _refuse(run, *why, now)
            else:
                _keep_counts(run, outcome)
                run.usage_import_id = outcome.number
                _finish(run, State.DONE, now)
    except BaseException as error:
        why = refusal(error) if isinstance(error, Exception) else None
        _refuse(run, *(why or ("stopped", "")), now)
        raise
    return outcome


def _alone_at(run_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('statements_importrun'), %s)", [run_id])
        return bool(cursor.fetchone()[0])


def _try(
    run: ImportRun,
    state: State,
    act: Callable[[ImportRun, Progress, datetime], None],
    progress: Progress,
    now: datetime,
) -> None:
    if run.tries >= MOST_TRIES and run.state == state:
        _refuse(run, "interrupted", "", now)
        return
    progress.begin(state)
    try:
        act(run, progress, now)
    except (ValueError, OSError) as error:
        if (why := refusal(error)) is None:
            raise
        _refuse(run, *why, now)


def _check(run: ImportRun, progress: Progress, now: datetime) -> None:
    outcome = import_calls(call_file(run), now=now, commit=False, told=progress)
    if why := _nothing_to_take(outcome):
        _refuse(run, *why, now)
    else:
        _keep_counts(run, outcome)
        RejectedRow.objects.bulk_create(
            (
                RejectedRow(
                    run=run,
                    line=problem.line,
                    column=problem.column[:60],
                    reason=problem.reason,
                    value=problem.value.replace("\0", "�")[:80],
                )
                for problem in outcome.problems
            ),
            batch_size=2000,
        )
        _write_rejects(run, outcome)
        run.state, run.tries = State.CHECKED, 0
        run.save()


def _import(run: ImportRun, progress: Progress, now: datetime) -> None:
    with transaction.atomic():
        outcome = import_calls(call_file(run), now=now, commit=True, told=progress)
        changed = run.digest not in ("", outcome.digest)
        if changed:
            transaction.set_rollback(True)
    if changed:
        _refuse(run, "changed", "", now)
    elif why := _nothing_to_take(outcome):
        _refuse(run, *why, now)
    else:
        _keep_counts(run, outcome)
        run.rejected_rows.all().delete()  # they are with the import now
        _write_rejects(run, outcome)
        run.usage_import_id = outcome.number
        _finish(run, State.DONE, now)


def _nothing_to_take(outcome: Outcome) -> tuple[str, str] | None:
    """Reason and value where the file was imported before, or has no records."""
    if outcome.before:
        return "known", outcome.before.imported_at.isoformat()
    return None if outcome.read else ("empty", "")


def _refuse(run: ImportRun, reason: str, value: str, now: datetime) -> None:
    run.reason, run.value = reason, value[:2000]
    _finish(run, State.REFUSED, now)


def _finish(run: ImportRun, state: State, now: datetime) -> None:
    forgotten = ImportRun(way=run.way, path=run.path)
    run.state, run.finished_at = state, now
    if run.way == ImportRun.Way.CONSOLE:
        run.path = ""
    run.save()
    transaction.on_commit(lambda: forget_file(forgotten))


def _keep_counts(run: ImportRun, outcome: Outcome) -> None:
    run.digest = outcome.digest
    run.read, run.stored, run.skipped = outcome.read, outcome.stored, outcome.skipped
    run.conflicting, run.left_out, run.rejected = outcome.conflicting, outcome.legs, outcome.rejected
    run.records_read, run.bytes_read = outcome.read, run.size


def _write_rejects(run: ImportRun, outcome: Outcome) -> None:
    path: Path = rejects_path(run)
    path.unlink(missing_ok=True)
    if not outcome.rejected:
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_bad_lines(call_file(run), outcome, to=path)
    except NotByLine:
        path.unlink(missing_ok=True)
