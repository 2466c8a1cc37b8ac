"""``madoguchi rerate_month 2026-10``: what today's prices would make of a month; with ``--commit``, let it count."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from madoguchi.lib.postgresql import waits
from madoguchi.statements.closing import rerate
from madoguchi.statements.management.commands.close_month import a_month

REASONS = {
    "dropped": "The lines of this month are in the archive alone.",
    "closing": "The month is being closed: wait for its end.",
    "stale": "Usage or prices of the month changed meanwhile. Nothing was applied: run it again.",
    "applied": "The difference is applied already.",
}


class Command(BaseCommand):
    help = "Price a month's usage by the prices of today and show the difference; --commit lets it count."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", type=a_month, help="such as 2026-10")
        parser.add_argument("--commit", "--yes", action="store_true", help="let it count, without asking")
        parser.add_argument("--show", type=int, default=50, help="how many differences to list (%(default)s)")

    def handle(self, *args: Any, month: date, commit: bool, show: int, **options: Any) -> None:
        now = timezone.now()
        try:
            found = rerate.look(month, now=now)
        except rerate.CannotRerate as error:
            raise CommandError(REASONS[error.reason]) from error
        self.stdout.write(f"{found.lines:>14,}  lines looked at")
        self.stdout.write(f"{found.changed:>14,}  changed")
        if found.unpriced:
            self.stdout.write(f"{found.unpriced:>14,}  without a price today: left as they are")
        for row in found.differences.select_related("contract")[: max(show, 0)]:
            self.stdout.write(
                f"  {row.contract.number}  {row.records} {row.kind}".rstrip()
                + f"  {row.lines:,} {'line' if row.lines == 1 else 'lines'}  "
                f"¥{row.before / 1000:,.3f} → ¥{row.after / 1000:,.3f}"
            )
        self.stdout.write(f"Charges before tax and discount: ¥{found.before / 1000:,.3f} → ¥{found.after / 1000:,.3f}")
        if not found.changed:
            return
        if not commit:
            self.stdout.write("Nothing was changed. Run it again with --commit to let it count.")
            return
        try:
            with waits.told(self.stderr.write):
                rerate.apply(found, now=now)
        except rerate.CannotRerate as error:
            raise CommandError(REASONS[error.reason]) from error
        self.stdout.write("Applied.")
