"""``madoguchi import_contracts FILE…``: check files of customers, contracts, numbers and roles, then store them."""

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from madoguchi.contracts.imports.reasons import about_file, sentence
from madoguchi.contracts.imports.rows import NotAFile
from madoguchi.contracts.imports.take import Outcome, import_files


class Command(BaseCommand):
    help = "Check files of customers, contracts, numbers and roles; once confirmed, store them (docs/contracts.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--commit", "--yes", action="store_true", help="store the good rows without asking")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument("--show", type=int, default=100, help="how many bad rows to list a file (%(default)s)")

    def handle(self, *args: Any, files: list[Path], language: str | None, **options: Any) -> None:
        spoken: AbstractContextManager[object] = translation.override(language) if language else nullcontext()
        with spoken:
            try:
                outcomes = import_files(files, commit=options["commit"])
                self._report(outcomes, show=options["show"])
                if not options["commit"] and self._confirmed(outcomes):
                    import_files(files, commit=True)
                    self.stdout.write(_("Stored."))
            except OSError as error:
                raise CommandError(
                    _("%(file)s cannot be read: %(error)s") % {"file": error.filename, "error": error.strerror}
                ) from error
            except NotAFile as error:
                raise CommandError(f"{about_file(error.reason, error.about)} {_('Nothing was stored.')}") from error

    def _report(self, outcomes: list[Outcome], *, show: int) -> None:
        for outcome in outcomes:
            self.stdout.write(f"{outcome.path.name} ({outcome.kind})")
            counts = (
                (outcome.counts["new"], _("rows new")),
                (outcome.counts["changed"], _("rows changed")),
                (outcome.counts["same"], _("rows the same as stored")),
                (outcome.counts["rejected"], _("rows rejected")),
            )
            for count, words in counts:
                self.stdout.write(f"{count:>10,}  {words}")
            for problem in outcome.problems[:show]:
                where = (_("line %(line)s, %(column)s:") if problem.column else _("line %(line)s:")) % {
                    "line": problem.line,
                    "column": problem.column,
                }
                self.stdout.write(f"  {where} {sentence(problem.reason, problem.value)}")
            if (left := outcome.counts["rejected"] - len({problem.line for problem in outcome.problems[:show]})) > 0:
                self.stdout.write(_("  … and %(left)s more; --show lists more of them.") % {"left": left})

    def _confirmed(self, outcomes: list[Outcome]) -> bool:
        if not any(outcome.counts["new"] or outcome.counts["changed"] for outcome in outcomes):
            self.stdout.write(_("There is nothing to store."))
            return False
        if not sys.stdin.isatty():
            self.stdout.write(_("Nothing was stored. Run it again with --commit to store them."))
            return False
        agreed = input(_("Store the good rows? [y/N] ")).strip().lower() in {"y", "yes", "はい"}
        if not agreed:
            self.stdout.write(_("Nothing was stored."))
        return agreed
