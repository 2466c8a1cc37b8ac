"""``madoguchi reseal``: after a new sealing key, seal everything anew under it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from madoguchi.accounts.reseal import reseal


class Command(BaseCommand):
    help = "Seal every kept secret anew under the first of MADOGUCHI_SEALING_KEYS, so that the others can be dropped."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for outcome in reseal():
            broken += outcome.broken
            self.stdout.write(
                f"{outcome.place}: {outcome.resealed} sealed anew, {outcome.current} already under the first key, "
                f"{outcome.broken} sealed with a key that is not listed"
            )
        if broken:
            raise CommandError(f"{broken} secrets are sealed with a key that is not listed; add it and run this again")
