"""``madoguchi price_call NUMBER``: what a call would cost, and why, by the function that rates the bill."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from madoguchi.statements.models import TariffVersion, UsageKind
from madoguchi.statements.reasons import Unreadable, sentence
from madoguchi.statements.tariffs.explain import explain
from madoguchi.statements.tariffs.price_call import price_call


class Command(BaseCommand):
    help = "What a call would cost under the tariff in force, or under a version named, and why (docs/tariffs.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="called, as it is dialled: 0312345678, 010 44 20 …, +44…, 117")
        parser.add_argument("--kind", choices=UsageKind.values, default=UsageKind.IP050, help="of contract")
        parser.add_argument("--seconds", type=int, default=180, help="of talk (%(default)s)")
        parser.add_argument("--at", help="when the call begins, such as 2026-11-22T14:05 in the operator's zone; now")
        parser.add_argument("--tariff", default="", help="a version by its name, a draft too; the one in force")
        parser.add_argument("--language", choices=["ja", "en"], default="en")

    def handle(self, *args: Any, number: str, seconds: int, language: str, **options: Any) -> None:
        if not 0 <= seconds <= 1_000_000:
            raise CommandError("--seconds: from 0 to 1000000")
        with translation.override(language):
            try:
                price = price_call(
                    number,
                    usage_kind=options["kind"],
                    at=_moment(options["at"]),
                    talk_seconds=seconds,
                    version=_version(options["tariff"]),
                )
            except Unreadable as error:
                raise CommandError(sentence(error.reason, error.value)) from error
            for words, value in explain(price):
                self.stdout.write(f"{words}: {value}")


def _moment(text: str | None) -> datetime:
    if not text:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--at: {text!r} is not a moment such as 2026-11-22T14:05") from None
    return moment if moment.tzinfo else timezone.make_aware(moment)


def _version(name: str) -> TariffVersion | None:
    if not name:
        return None
    try:
        return TariffVersion.objects.get(name=name)
    except TariffVersion.DoesNotExist:
        raise CommandError(f"--tariff: no version is called {name!r}") from None
