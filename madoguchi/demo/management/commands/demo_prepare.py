"""``madoguchi demo_prepare``: the demo's database and files brought up to the code, with the sample operator."""

import time
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from madoguchi.demo import sample
from madoguchi.demo.mall import site


class Command(BaseCommand):
    help = "Migrate, collect the static files and load the sample operator where it is absent."

    def handle(self, *args: Any, **options: Any) -> None:
        self._step("Bringing the database up to date", lambda: call_command("migrate", verbosity=0))
        self._step(
            "Collecting style sheets and scripts",
            lambda: call_command("collectstatic", interactive=False, verbosity=0, clear=True),
        )
        if sample.loaded():
            self._say("The sample operator is there already")
        else:
            sample.load(step=lambda room, act: self._step(f"Loading the sample operator: {room}", act))
        site.register()  # each time: its addresses have this demo's port

    def _step(self, name: str, act: Callable[[], object]) -> None:
        self.stdout.write(f"{name} …", ending=" ")
        self.stdout.flush()
        started = time.monotonic()
        act()
        self._say(f"{time.monotonic() - started:.1f} s")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
