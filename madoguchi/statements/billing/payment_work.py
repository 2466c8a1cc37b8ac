"""The worker's part: check a file of payments that was received, store one that was confirmed; or both, by command.

As with files of contracts: one transaction, a lock that ends with whoever works, and how far it is told beside it.
"""

from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from django.db import transaction
from django.utils import timezone

from madoguchi.contracts.imports.uploads import rejected_line
from madoguchi.lib.beside import Beside
from madoguchi.statements.models import PaymentFile

from .take_payments import Books, NotPayments, Outcome, Problem, Row, take_payments

State = PaymentFile.State
TRIES = 3


def go_on(file_id: int) -> None:
    """Do what the file waits for; nothing where another worker is at it, or where it waits for nothing."""
    with _Telling(file_id) as telling:
        if not telling.alone():
            return
        file = PaymentFile.objects.get(pk=file_id)
        if not file.moves:
            return
        if file.tries >= TRIES:
            _refuse(file, "interrupted")
            return
        storing = file.state in {State.CONFIRMED, State.STORING}
        telling.begin(State.STORING if storing else State.CHECKING)
        try:
            _take(file, telling, storing=storing)
        except NotPayments as error:
            _refuse(file, error.reason, about=error.about)
        except FileNotFoundError:
            _refuse(file, "gone")


@transaction.atomic
def store_at_once(path: Path) -> Outcome:
    """On the command's word; it stands among the console's files then. Raises as :func:`.take_payments`."""
    now = timezone.now()
    outcome = take_payments(path, Books(path.name), commit=True)
    PaymentFile.objects.create(
        name=path.name[-200:],
        size=path.stat().st_size,
        state=State.DONE,
        received_at=now,
        finished_at=timezone.now(),
        **_counted(outcome),
    )
    return outcome


@transaction.atomic
def _take(file: PaymentFile, telling: "_Telling", *, storing: bool) -> None:
    books = Books(file.name, file.decided_by)
    with ExitStack() as stack:
        rejects = _Rejects(stack, file)
        outcome = take_payments(file.path, books, commit=storing, rejected=rejects.take, counted=telling.tell)
    PaymentFile.objects.filter(pk=file.pk).update(
        state=State.DONE if storing else State.CHECKED,
        tries=0,
        finished_at=timezone.now() if storing else None,
        told_at=None,
        **_counted(outcome),
    )
    if storing:
        transaction.on_commit(lambda: file.path.unlink(missing_ok=True))


def _counted(outcome: Outcome) -> dict[str, object]:
    listed = [[one.line, one.column, one.reason, one.value] for one in outcome.problems]
    counts = {name: getattr(outcome, name) for name in ("read", "new", "same", "rejected")}
    return {**counts, "problems": listed}


def _refuse(file: PaymentFile, reason: str, *, about: str = "") -> None:
    refused = {"state": State.REFUSED, "reason": reason, "about": about[:200], "finished_at": timezone.now()}
    PaymentFile.objects.filter(pk=file.pk).update(told_at=None, **refused)
    file.path.unlink(missing_ok=True)
    file.rejects.unlink(missing_ok=True)


class _Rejects:
    """Rows that are left out, written beside their file as they come."""

    def __init__(self, stack: ExitStack, file: PaymentFile) -> None:
        self._stack, self._path = stack, file.rejects
        self._open: TextIO | None = None
        self._path.unlink(missing_ok=True)

    def take(self, columns: list[str], row: Row, problem: Problem) -> None:
        if self._open is None:
            self._open = self._stack.enter_context(self._path.open("w", encoding="utf-8"))
            self._open.write(rejected_line(0, [], columns))
        said = [(problem.column, problem.reason, problem.value)]
        self._open.write(rejected_line(row.line, said, row.cells))


class _Telling(Beside):
    """Of one file."""

    def __init__(self, file_id: int) -> None:
        super().__init__()
        self._file = file_id

    def alone(self) -> bool:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtext('statements_paymentfile'), %s)", [self._file])
            return bool(cursor.fetchone()[0])

    def begin(self, state: str) -> None:
        self.execute(
            "UPDATE statements_paymentfile SET state = %s, tries = tries + 1, read = 0, told_at = %s WHERE id = %s",
            *(state, timezone.now(), self._file),
        )

    def tell(self, rows: int) -> None:
        """At most once a second."""
        if self.is_time():
            self.execute(
                "UPDATE statements_paymentfile SET read = %s, told_at = %s WHERE id = %s",
                *(rows, timezone.now(), self._file),
            )
