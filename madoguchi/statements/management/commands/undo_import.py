"""``madoguchi undo_import NUMBER``: take the calls of an import back."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from madoguchi.statements.undo_import import CannotUndo, undo_import


class Command(BaseCommand):
    help = "Delete the calls an import stored, unless their month is closed (docs/call-records.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, help="of the import, as import_calls told it")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES])

    def handle(self, *args: Any, number: int, language: str | None, **options: Any) -> None:
        spoken: AbstractContextManager[object] = translation.override(language) if language else nullcontext()
        with spoken:
            try:
                gone = undo_import(number, now=timezone.now())
            except CannotUndo as error:
                raise CommandError(error.sentence()) from error
            self.stdout.write(
                _("Import %(number)s is undone: %(gone)s lines of calls were deleted. Its file can be imported again.")
                % {"number": number, "gone": f"{gone:,}"}
            )
