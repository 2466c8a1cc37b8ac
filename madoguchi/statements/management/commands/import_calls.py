"""``madoguchi import_calls FILE --format …``: check a file of call records, then store it."""

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from madoguchi.lib.postgresql import waits
from madoguchi.statements.formats import FORMATS
from madoguchi.statements.formats.files import Damaged, NotText
from madoguchi.statements.formats.mapped import NotParquet
from madoguchi.statements.formats.mapping import MissingColumns, WrongMapping, read_mapping
from madoguchi.statements.import_calls import CallFile, Outcome, import_calls
from madoguchi.statements.imports.work import import_at_once
from madoguchi.statements.reasons import sentence, wrong_mapping
from madoguchi.statements.rejects import NotByLine, write_rejects


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, OSError, ValueError) as error:
        raise CommandError(f"--zone: {name!r} is not a time zone") from error


def _call_file(file: Path, *, format: str | None, mapping: Path | None, **options: Any) -> CallFile:
    form = format or "mapped"
    source = options["source"] or format or mapping.stem  # type: ignore[union-attr]  # one of the two is required
    return CallFile(file, form, source[:40], _zone(options["zone"]), read_mapping(mapping) if mapping else None)


def missing_columns(error: MissingColumns) -> str:
    """Which columns the file lacks, or has twice, and which it has."""
    names = {"missing": ", ".join(error.missing), "found": ", ".join(error.found) or "–"}
    return _("The file must have each of these columns once: %(missing)s. It has: %(found)s.") % names


class Command(BaseCommand):
    help = "Check a file of call records; once confirmed, store its calls with their charges (docs/call-records.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        how = parser.add_mutually_exclusive_group(required=True)
        how.add_argument("--format", choices=sorted(FORMATS))
        how.add_argument("--mapping", type=Path, help="a TOML file saying what the columns are")
        parser.add_argument("--zone", default=settings.TIME_ZONE, help="of local times in the file (%(default)s)")
        parser.add_argument("--source", default="", help="the switch's name; call ids are unique in it (the format)")
        parser.add_argument("--commit", "--yes", action="store_true", help="store the good records without asking")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument("--rejects", type=Path, help="write the rejected records to this file, to be mended")
        parser.add_argument("--show", type=int, default=100, help="how many bad records to list (%(default)s)")

    def handle(self, *args: Any, file: Path, language: str | None, **options: Any) -> None:
        commit, self.show = options["commit"], options["show"]
        now = timezone.now()
        spoken: AbstractContextManager[object] = translation.override(language) if language else nullcontext()
        with spoken, waits.told(self.stderr.write):
            try:
                calls = _call_file(file, **options)
                outcome = import_at_once(calls, now=now) if commit else import_calls(calls, now=now, commit=False)
                self._report(outcome, stored=commit)
                if options["rejects"] and outcome.rejected:
                    self._write_rejects(calls, outcome, options["rejects"])
                if not commit and outcome.read and self._confirmed(outcome):
                    self._report(import_at_once(calls, now=now), stored=True)
            except OSError as error:
                raise CommandError(
                    _("%(file)s cannot be read: %(error)s") % {"file": file, "error": error.strerror}
                ) from error
            except NotText as error:
                raise CommandError(
                    _("%(file)s is not text in UTF-8, UTF-16 or CP932 (Shift_JIS).") % {"file": file}
                ) from error
            except Damaged as error:
                raise CommandError(
                    _("%(file)s cannot be unpacked: it is damaged, or not complete. Nothing was stored.")
                    % {"file": file}
                ) from error
            except NotParquet as error:
                raise CommandError(_("%(file)s is not a complete Parquet file.") % {"file": file}) from error
            except WrongMapping as error:
                raise CommandError(wrong_mapping(error.reason, error.value)) from error
            except MissingColumns as error:
                raise CommandError(missing_columns(error)) from error

    def _report(self, outcome: Outcome, *, stored: bool) -> None:
        if outcome.before:
            when = timezone.localtime(outcome.before.imported_at)
            self.stdout.write(
                _("This very file was imported on %(when)s. Nothing was changed.") % {"when": f"{when:%Y-%m-%d %H:%M}"}
            )
            return
        if not outcome.read:
            self.stdout.write(_("The file holds no records."))
            return
        counts = (
            (_("records in the file"), outcome.read),
            (_("stored") if stored else _("can be stored"), outcome.stored),
            (_("stored before, the same (left as they are)"), outcome.skipped),
            (_("stored before, but different (kept apart for a decision)"), outcome.conflicting),
            (_("left out (second legs of calls, rows the mapping does not take)"), outcome.legs),
            (_("rejected"), outcome.rejected),
        )
        for words, count in counts:
            self.stdout.write(f"{count:>12,}  {words}")
        if stored:
            self.stdout.write(
                _("This is import %(number)s. To take it back: madoguchi undo_import %(number)s")
                % {"number": outcome.number}
            )
        for problem in outcome.problems[: self.show]:
            where = (_("line %(line)s, %(column)s:") if problem.column else _("line %(line)s:")) % {
                "line": problem.line,
                "column": problem.column,
            }
            self.stdout.write(f"  {where} {sentence(problem.reason, problem.value)}")
        if (left := outcome.rejected - len(outcome.problems[: self.show])) > 0:
            self.stdout.write(_("  … and %(left)s more; --show lists more of them.") % {"left": left})

    def _write_rejects(self, calls: CallFile, outcome: Outcome, path: Path) -> None:
        try:
            reasons = write_rejects(calls, outcome, to=path)
        except NotByLine as error:
            raise CommandError(
                _("Records of this format are not lines of the file; mend them in the file and import it again.")
            ) from error
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be written: %(error)s") % {"file": path, "error": error.strerror}
            ) from error
        self.stdout.write(
            _("The rejected records are in %(file)s, the reasons in %(reasons)s. Mend them and import that file.")
            % {"file": path, "reasons": reasons}
        )

    def _confirmed(self, outcome: Outcome) -> bool:
        if not outcome.stored and not outcome.conflicting:
            self.stdout.write(_("There is nothing to store."))
            return False
        if not sys.stdin.isatty():
            self.stdout.write(_("Nothing was stored. Run it again with --commit to store them."))
            return False
        question = _("Store the %(count)s good records? [y/N] ") % {"count": f"{outcome.stored:,}"}
        answer = input(question).strip().lower() in {"y", "yes", "はい"}
        if not answer:
            self.stdout.write(_("Nothing was stored."))
        return answer
