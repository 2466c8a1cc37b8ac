"""``madoguchi doctor``: does this installation work, and what to do where it does not."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import override

from madoguchi.console.doctor.examination import PARTS, examine
from madoguchi.console.doctor.finding import Level

_MARKS = {Level.GOOD: "ok", Level.WARNING: "look", Level.BAD: "BAD"}


class Command(BaseCommand):
    help = "Look at settings, database, worker, relay, DNS, gateway and disk, and say what to do. Sends nothing."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--language", choices=("en", "ja"), default="en")
        parser.add_argument("--only", action="append", choices=[part.name for part in PARTS], help="look at this alone")

    def handle(self, *args: Any, language: str, only: list[str] | None, **options: Any) -> None:
        as_json = options["json"]
        worst = Level.GOOD
        rows: list[dict[str, str]] = []
        shown = ""
        with override(language):
            for part, finding in examine(tuple(only or ())):
                worst = max(worst, finding.level)
                said, remedy = str(finding.said), str(finding.remedy)
                if as_json:
                    level = finding.level.name.lower()
                    rows.append({"part": part.name, "level": level, "said": said, "remedy": remedy})
                    continue
                if part.name != shown:
                    self.stdout.write(f"\n{part.title}" if shown else str(part.title))
                    shown = part.name
                self.stdout.write(f"  {_MARKS[finding.level]:4} {said}")
                if remedy:
                    self.stdout.write(f"       -> {remedy}")
        if as_json:
            self.stdout.write(_as_json(rows, worst))
        # 1 when something is bad, so that a script or a monitor notices.
        if worst is Level.BAD:
            raise SystemExit(1)


def _as_json(rows: list[dict[str, str]], worst: Level) -> str:
    return json.dumps({"worst": worst.name.lower(), "findings": rows}, ensure_ascii=False)
