"""``madoguchi load_tariff FILE``: store a tariff version with its discounts, fees and tax rates."""

from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from madoguchi.statements.load_tariff import SAMPLE, AlreadyLoaded, load_tariff
from madoguchi.statements.rating import WrongTariff


class Command(BaseCommand):
    help = "Load a tariff version from a TOML file; the shipped sample shows the form."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SAMPLE, help="default: the shipped sample")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            version = load_tariff(file)
        except (OSError, TOMLDecodeError, WrongTariff) as error:
            raise CommandError(f"{file}: {error}") from error
        except AlreadyLoaded as error:
            raise CommandError(f"{file}: a tariff called {error} is loaded; give the new version a new name") from error
        self.stdout.write(f"{version.name}: {version.rules.count()} rules from {version.valid_from}")
