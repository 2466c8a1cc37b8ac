"""``madoguchi demo_reset``: forget everything the demo keeps."""

import shutil
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from madoguchi.demo import running


class Command(BaseCommand):
    help = "Delete the demo's database, mail and calls; the next start loads the sample operator anew."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.VAR / "demo"
        try:
            with running.alone(folder, address="being reset"):
                shutil.rmtree(settings.VAR / "postgresql", ignore_errors=True)
                for leftover in settings.VAR.glob("postgresql.*"):
                    leftover.unlink(missing_ok=True)
        except running.CannotRun as error:
            raise CommandError(f"{error}; stop it first") from None
        shutil.rmtree(folder, ignore_errors=True)
        self.stdout.write(f"The demo in {settings.VAR} is forgotten.")
