"""``madoguchi undo_import NUMBER``: what taking an import back would do; with ``--commit``, take it back."""

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from madoguchi.lib.postgresql import waits
from madoguchi.shell.templatetags.shell import milliyen
from madoguchi.statements.undo_billed import Credit
from madoguchi.statements.undo_import import CannotUndo, outlook, undo_import


class Command(BaseCommand):
    help = (
        "Show what taking an import back would do, then do it: its lines go, and what of them was billed is credited "
        "on the next bills (docs/call-records.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, help="of the import, as import_calls told it")
        parser.add_argument("--commit", "--yes", action="store_true", help="take it back without asking")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES])

    def handle(self, *args: Any, number: int, commit: bool, language: str | None, **options: Any) -> None:
        spoken: AbstractContextManager[object] = translation.override(language) if language else nullcontext()
        with spoken:
            try:
                self._show(number)
                if commit or self._confirmed(number):
                    self._undo(number)
            except CannotUndo as error:
                raise CommandError(error.sentence()) from error

    def _show(self, number: int) -> None:
        would = outlook(number)
        self.stdout.write(f"{would.lines:>12,}  " + _("lines that are deleted, with their charges"))
        self.stdout.write(f"{would.conflicts:>12,}  " + _("lines kept apart for a decision that go with them"))
        for credit in would.credits:
            self.stdout.write(f"{credit.lines:>12,}  " + _words(credit))

    def _undo(self, number: int) -> None:
        with waits.told(self.stderr.write):
            undone = undo_import(number, now=timezone.now())
        said = _(
            "Import %(number)s is undone: %(gone)s lines deleted, %(credited)s put right on the next bills. "
            "Its file can be imported again."
        )
        self.stdout.write(said % {"number": number, "gone": f"{undone.lines:,}", "credited": f"{undone.put_right:,}"})

    def _confirmed(self, number: int) -> bool:
        if not sys.stdin.isatty():
            self.stdout.write(_("Nothing was changed. Run it again with --commit to take the import back."))
            return False
        answer = input(_("Take import %(number)s back? [y/N] ") % {"number": number}).strip().lower()
        if answer not in {"y", "yes", "はい"}:
            self.stdout.write(_("Nothing was changed."))
            return False
        return True


def _words(credit: Credit) -> str:
    said = _(
        "lines billed for %(month)s: charges %(charges)s and discount %(discount)s before tax, "
        "put right on the bills of %(on)s"
    )
    months = {
        "month": date_format(credit.month, "YEAR_MONTH_FORMAT"),
        "on": date_format(credit.on, "YEAR_MONTH_FORMAT"),
    }
    return said % {**months, "charges": milliyen(credit.charges), "discount": milliyen(credit.discount)}
