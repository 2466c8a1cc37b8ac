"""``madoguchi import_payments FILE``: check what the books say of payments, then store it."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from madoguchi.statements.billing.take_payments import NotPayments, Outcome, take_payments


class Command(BaseCommand):
    help = "Check a file of payments (bill_number, state, on); with --commit, store its good rows (docs/closing.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--commit", action="store_true", help="store the good rows")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES])

    def handle(self, *args: Any, file: Path, commit: bool, language: str | None, **options: Any) -> None:
        spoken: AbstractContextManager[object] = translation.override(language) if language else nullcontext()
        with spoken:
            try:
                self._report(take_payments(file, commit=commit))
            except OSError as error:
                raise CommandError(
                    _("%(file)s cannot be read: %(error)s") % {"file": file, "error": error.strerror}
                ) from error
            except NotPayments as error:
                raise CommandError(str(error)) from error
            self.stdout.write(_("Stored.") if commit else _("Nothing was stored. Run it again with --commit."))

    def _report(self, outcome: Outcome) -> None:
        counts = (
            (outcome.new, _("rows new")),
            (outcome.same, _("rows the same as stored")),
            (len(outcome.problems), _("rows rejected")),
        )
        for count, words in counts:
            self.stdout.write(f"{count:>10,}  {words}")
        for problem in outcome.problems[:100]:
            self.stdout.write("  " + _("line %(line)s:") % {"line": problem.line} + f" {problem.words}")
