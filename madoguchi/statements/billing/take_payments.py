"""What the operator's books say of payments, from a CSV file: checked as a whole, then stored in one transaction.

Columns ``bill_number``, ``state`` (``paid`` or ``unpaid``) and ``on`` (a day). A word that is the last one already is
left out, so that the same file again changes nothing.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from madoguchi.statements.models import Bill, Payment

COLUMNS = ("bill_number", "state", "on")
_TOGETHER = 1000


class NotPayments(Exception):
    """The file as a whole cannot be taken; the message says why, in the active language."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the row of ``line`` is not taken, in words."""

    line: int
    words: str


@dataclass(slots=True)
class Outcome:
    """``new`` words about bills, those that were the last ones ``same`` already, and the rows that are not taken."""

    new: int = 0
    same: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    bill_number: str
    state: str
    on: date


@transaction.atomic
def take_payments(path: Path, *, commit: bool) -> Outcome:
    """Check a file and, with ``commit``, store its good rows. Raises :class:`NotPayments`, ``OSError``."""
    outcome = Outcome()
    rows = list(_rows(path, outcome))
    for first in range(0, len(rows), _TOGETHER):
        _take(rows[first : first + _TOGETHER], outcome, file_name=path.name[:200])
    if not commit:
        transaction.set_rollback(True)
    return outcome


def _take(rows: list[_Row], outcome: Outcome, *, file_name: str) -> None:
    issued = Bill.objects.issued().filter(number__in={row.bill_number for row in rows})
    bills = {bill.number: bill for bill in issued}
    last = {key: (told.state, told.on) for key, told in Payment.objects.latest_of(issued).items()}
    made = []
    for row in rows:
        bill = bills.get(row.bill_number)
        if bill is None:
            problem = _("There is no bill %(number)s.") % {"number": row.bill_number[:20]}
            outcome.problems.append(Problem(row.line, problem))
        elif last.get(bill.pk) == (row.state, row.on):
            outcome.same += 1
        else:
            last[bill.pk] = (row.state, row.on)
            made.append(Payment(bill=bill, state=row.state, on=row.on, file_name=file_name))
    Payment.objects.bulk_create(made)
    outcome.new += len(made)


def _rows(path: Path, outcome: Outcome) -> Iterator[_Row]:
    lines = csv.DictReader(StringIO(_text(path), newline=""), strict=True)
    try:
        if set(lines.fieldnames or ()) != set(COLUMNS):
            raise NotPayments(
                _("The file needs the columns %(columns)s and no others.") % {"columns": ", ".join(COLUMNS)}
            )
        for cells in lines:
            if row := _row(lines.line_num, cells, outcome):
                yield row
    except csv.Error as error:
        raise NotPayments(_("Line %(line)s is not complete CSV.") % {"line": lines.line_num}) from error


def _row(line: int, cells: dict[str, str | None], outcome: Outcome) -> _Row | None:
    number, state, on = ((cells.get(name) or "").strip() for name in COLUMNS)
    if state not in Payment.State.values:
        words = _("“%(value)s” is neither paid nor unpaid.") % {"value": state[:20]}
    else:
        try:
            return _Row(line, number, state, date.fromisoformat(on.replace("/", "-")))
        except ValueError:
            words = _("“%(value)s” is not a day such as 2026-11-22.") % {"value": on[:20]}
    outcome.problems.append(Problem(line, words))
    return None


def _text(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotPayments(_("The file is not text in UTF-8 or CP932 (Shift_JIS)."))
