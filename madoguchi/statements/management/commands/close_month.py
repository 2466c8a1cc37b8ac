"""``madoguchi close_month 2026-10``: make the bills of a month and close it."""

from argparse import ArgumentTypeError
from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Sum
from django.utils import timezone

from madoguchi.lib.postgresql import waits
from madoguchi.statements.closing.close import CannotClose, close_month
from madoguchi.statements.models import Bill
from madoguchi.statements.rating import Unbalanced

REASONS = {
    "not_over": "%s is not over yet.",
    "closed": "%s is closed already. Nothing was changed.",
    "earlier_open": "%s has calls and is not closed yet: months are closed in their order.",
}


def a_month(text: str) -> date:
    """An argument such as ``2026-10``, as argparse takes it. There is a month before it, and one after."""
    try:
        month = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        month = date.min
    if month.year in {MINYEAR, MAXYEAR}:
        raise ArgumentTypeError(f"{text!r} is not a month such as 2026-10")
    return month


class Command(BaseCommand):
    help = "Make the bills of a month that is over and close it for good (docs/closing.md). Killed, run it again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", type=a_month, help="such as 2026-10")

    def handle(self, *args: Any, month: date, **options: Any) -> None:
        try:
            with waits.told(self.stderr.write):
                run = close_month(month, now=timezone.now())
        except CannotClose as error:
            said = REASONS[error.reason] % f"{error.month:%Y-%m}"
            if error.reason == "closed":
                self.stdout.write(said)
                return
            raise CommandError(said) from error
        except Unbalanced as error:
            raise CommandError(f"{error}. The month is not closed.") from error
        if not run.finished_at:
            raise CommandError("The closing was called off meanwhile.")
        made = Bill.objects.filter(run=run).aggregate(bills=Count("pk"), yen=Sum("total"))
        self.stdout.write(f"{month:%Y-%m} is closed: {made['bills']:,} bills, ¥{made['yen'] or 0:,} in all.")
