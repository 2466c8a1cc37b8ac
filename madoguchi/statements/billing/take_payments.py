"""What the operator's books say of payments, from a CSV file: its good rows in one transaction, or nothing.

Columns ``bill_number``, ``state`` (``paid`` or ``unpaid``) and ``on`` (a day). A word that is the last one already is
left out, so that the same file again changes nothing. A file is read a thousand rows at a time.
"""

import csv
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.contracts.imports.rows import ADDED, Unreadable, day
from madoguchi.statements.formats.files import Damaged, NotText, lines_of
from madoguchi.statements.models import Bill, Payment

COLUMNS = ("bill_number", "state", "on")
LISTED = 200  # problems an outcome names; those beyond are counted
_TOGETHER = 1000


class NotPayments(Exception):
    """The file as a whole cannot be taken: ``reason`` is a key of ``payment_words.FILES``."""

    def __init__(self, reason: str, about: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.about = about


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the row of ``line`` is not taken: ``reason`` is a key of ``payment_words.REASONS``."""

    line: int
    column: str
    reason: str
    value: str = ""


@dataclass(slots=True)
class Outcome:
    """``new`` words about bills, those that were the last ones ``same`` already, and the rows that are not taken."""

    new: int = 0
    same: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def read(self) -> int:
        return self.new + self.same + self.rejected


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: list[str]  # as they stand in the file
    bill_number: str = ""
    state: str = ""
    on: date = date.min
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Books:
    """Where the words come from: the file as people call it, and who sent it; nobody, where it was the command."""

    name: str
    by: Account | None = None


Rejected = Callable[[list[str], Row, Problem], None]  # the file's columns, the row, why it is left out
Counted = Callable[[int], None]  # rows done


@transaction.atomic
def take_payments(
    path: Path, books: Books, *, commit: bool, rejected: Rejected | None = None, counted: Counted | None = None
) -> Outcome:
    """Take a file in; with ``commit`` False everything is done and taken back.

    Raises :class:`NotPayments`, ``OSError``.
    """
    outcome = Outcome()
    with connection.cursor() as cursor:  # one at a time: the second sees what the first stored
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('statements_payments'))")
    with _opened(path) as (columns, rows):
        while batch := list(islice(rows, _TOGETHER)):
            for row, problem in _take(batch, outcome, books):
                outcome.rejected += 1
                outcome.problems += [problem][: LISTED - len(outcome.problems)]
                if rejected:
                    rejected(columns, row, problem)
            if counted:
                counted(outcome.read)
    if not commit:
        transaction.set_rollback(True)
    return outcome


def _take(rows: list[Row], outcome: Outcome, books: Books) -> Iterator[tuple[Row, Problem]]:
    """Store what is news; those that are left out, in the order of the file."""
    issued = Bill.objects.issued().filter(number__in={row.bill_number for row in rows if not row.problem})
    bills = {bill.number: bill for bill in issued}
    last = {key: (told.state, told.on) for key, told in Payment.objects.latest_of(issued).items()}
    made = []
    for row in rows:
        if row.problem:
            yield row, row.problem
        elif (bill := bills.get(row.bill_number)) is None:
            yield row, Problem(row.line, "bill_number", "no_such_bill", row.bill_number)
        elif last.get(bill.pk) == (row.state, row.on):
            outcome.same += 1
        else:
            last[bill.pk] = (row.state, row.on)
            made.append(Payment(bill=bill, state=row.state, on=row.on, told_by=books.by, file_name=books.name[:200]))
    Payment.objects.bulk_create(made)
    outcome.new += len(made)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[list[str], Iterator[Row]]]:
    """The names of the columns, and the rows."""
    try:
        with lines_of(path) as text:
            reader = csv.reader(text, strict=True)
            columns = [name.strip() for name in next(reader, [])]
            _known(columns)
            today = timezone.localdate()
            yield (
                columns,
                (
                    _row(reader.line_num, cells, columns, today=today)
                    for cells in reader
                    if any(cell.strip() for cell in cells)
                ),
            )
    except csv.Error as error:
        raise NotPayments("quotes", str(reader.line_num)) from error
    except NotText as error:
        raise NotPayments("not_text") from error
    except Damaged as error:
        raise NotPayments("damaged") from error


def _known(columns: list[str]) -> None:
    named = [name for name in columns if name not in ADDED]
    if not any(columns):
        raise NotPayments("empty")
    if sorted(named) != sorted(COLUMNS):
        raise NotPayments("columns", ", ".join(columns)[:200])


def _row(line: int, cells: list[str], columns: list[str], *, today: date) -> Row:
    said = {name: unicodedata.normalize("NFKC", cell).strip() for name, cell in zip(columns, cells, strict=False)}
    number, state = said.get("bill_number", ""), said.get("state", "").lower()
    on: date | None = None
    with suppress(Unreadable):
        on = day(said.get("on", ""))
    empty = next((name for name in COLUMNS if not said.get(name)), None)
    column, reason = "", ""
    if len(cells) > len(columns):
        reason = "too_many_cells"
    elif empty:
        column, reason = empty, "empty_cell"
    elif len(number) > 20 or not number.isprintable():
        column, reason = "bill_number", "no_such_bill"
    elif state not in Payment.State.values:
        column, reason = "state", "state"
    elif on is None or on > today:
        column, reason = "on", "future" if on else "date"
    if reason or on is None:
        value = "".join(mark if mark.isprintable() else "�" for mark in said.get(column, ""))
        return Row(line, cells, problem=Problem(line, column, reason, value[:40]))
    return Row(line, cells, number, state, on)
