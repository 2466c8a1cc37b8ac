"""``madoguchi import_payments FILE``: check what the books say of payments, then store it."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from madoguchi.statements.billing.payment_words import about_file, sentence
from madoguchi.statements.billing.payment_work import store_at_once
from madoguchi.statements.billing.take_payments import Books, NotPayments, Outcome, take_payments


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
                self._report(store_at_once(file) if commit else take_payments(file, Books(file.name), commit=False))
            except OSError as error:
                raise CommandError(
                    _("%(file)s cannot be read: %(error)s") % {"file": file, "error": error.strerror}
                ) from error
            except NotPayments as error:
                raise CommandError(f"{about_file(error.reason, error.about)} {_('Nothing was stored.')}") from error
            self.stdout.write(_("Stored.") if commit else _("Nothing was stored. Run it again with --commit."))

    def _report(self, outcome: Outcome) -> None:
        counts = (
            (outcome.new, _("rows new")),
            (outcome.same, _("rows the same as stored")),
            (outcome.rejected, _("rows rejected")),
        )
        for count, words in counts:
            self.stdout.write(f"{count:>10,}  {words}")
        for problem in outcome.problems:
            where = _("line %(line)s, %(column)s:") if problem.column else _("line %(line)s:")
            said = where % {"line": problem.line, "column": problem.column}
            self.stdout.write(f"  {said} {sentence(problem.reason, problem.value)}")
        if (left := outcome.rejected - len(outcome.problems)) > 0:
            self.stdout.write(_("  … and %(left)s more.") % {"left": left})
