"""``madoguchi load_tariff FILE``: check a tariff, then store it with its discounts, fees and tax rates."""

import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from madoguchi.lib.postgresql import waits
from madoguchi.statements.load_tariff import SAMPLE, AlreadyLoaded, store_csv, store_toml
from madoguchi.statements.models import TariffVersion, UsageKind
from madoguchi.statements.rating import WrongTariff
from madoguchi.statements.tariffs.findings import LEVELS, Finding
from madoguchi.statements.tariffs.versions import NotReady


class Command(BaseCommand):
    help = "Check a tariff in TOML, or rules in CSV; once confirmed, store it (docs/tariffs.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SAMPLE, help="default: the shipped sample")
        parser.add_argument("--commit", "--yes", action="store_true", help="store it without asking")
        parser.add_argument("--draft", action="store_true", help="keep it as a draft (rules in CSV always are)")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument("--show", type=int, default=100, help="how many findings to list (%(default)s)")
        rules = parser.add_argument_group("for rules in CSV")
        rules.add_argument("--name", help="of the version")
        rules.add_argument("--valid-from", type=date.fromisoformat, help="first day, such as 2027-04-01")
        rules.add_argument("--kind", action="append", choices=UsageKind.values, help="of contract; may be repeated")
        rules.add_argument("--like", default="", help="the version to take time bands and kinds of contract from")

    def handle(self, *args: Any, file: Path, language: str | None, **options: Any) -> None:
        self.options = options
        spoken: AbstractContextManager[object] = translation.override(language) if language else nullcontext()
        with spoken, waits.told(self.stderr.write):
            version, findings = self._done(file, commit=options["commit"])
            self._report(version, findings)
            if not options["commit"] and self._confirmed(version):
                self._done(file, commit=True)
                self.stdout.write(_("Stored."))

    def _done(self, file: Path, *, commit: bool) -> tuple[TariffVersion, list[Finding]]:
        """Everything is done, and taken back where it is not to be stored."""
        try:
            with transaction.atomic():
                version, findings = self._store(file)
                version.how_many = version.rules.count()  # type: ignore[attr-defined]
                if not commit:
                    transaction.set_rollback(True)
        except NotReady as error:
            raise CommandError(self._listed(file, error.findings)) from error
        except AlreadyLoaded as error:
            said = _("%(file)s: a tariff called %(name)s is stored; give the new version a new name.")
            raise CommandError(said % {"file": file, "name": error}) from error
        except (OSError, UnicodeDecodeError, TOMLDecodeError, WrongTariff) as error:
            raise CommandError(f"{file}: {error}") from error
        return version, findings

    def _store(self, file: Path) -> tuple[TariffVersion, list[Finding]]:
        if file.suffix.lower() != ".csv":
            return store_toml(file, release=not self.options["draft"])
        like = self._like()
        kinds = self.options["kind"] or (like.usage_kinds if like else None)
        if not (self.options["name"] and self.options["valid_from"] and kinds):
            raise CommandError(_("Rules in CSV need --name, --valid-from, and --kind or --like."))
        return store_csv(
            file.read_bytes(),
            name=self.options["name"],
            valid_from=self.options["valid_from"],
            usage_kinds=kinds,
            like=like,
        )

    def _like(self) -> TariffVersion | None:
        if not (name := self.options["like"]):
            return None
        try:
            return TariffVersion.objects.get(name=name)
        except TariffVersion.DoesNotExist:
            raise CommandError(_("There is no version called %(name)s.") % {"name": name}) from None

    def _listed(self, file: Path, findings: list[Finding]) -> str:
        shown = findings[: self.options["show"]]
        lines = [_("%(file)s: nothing was stored.") % {"file": file}, *(f"  {found}" for found in shown)]
        if more := len(findings) - len(shown):
            lines.append(_("  … and %(left)s more; --show lists more of them.") % {"left": more})
        return "\n".join(lines)

    def _report(self, version: TariffVersion, findings: list[Finding]) -> None:
        said = _("%(name)s: %(count)s rules, from %(day)s, %(state)s")
        state = _("a draft") if version.is_draft else _("rates calls from that day on")
        count = f"{version.how_many:,}"  # type: ignore[attr-defined]
        self.stdout.write(said % {"name": version.name, "count": count, "day": version.valid_from, "state": state})
        for found in findings[: self.options["show"]]:
            self.stdout.write(f"  {LEVELS[found.level]} · {found}")
        if (more := len(findings) - self.options["show"]) > 0:
            self.stdout.write(_("  … and %(left)s more; --show lists more of them.") % {"left": more})

    def _confirmed(self, version: TariffVersion) -> bool:
        if not sys.stdin.isatty():
            self.stdout.write(_("Nothing was stored. Run it again with --commit to store it."))
            return False
        answer = input(_("Store %(name)s? [y/N] ") % {"name": version.name}).strip().lower() in {"y", "yes", "はい"}
        if not answer:
            self.stdout.write(_("Nothing was stored."))
        return answer
