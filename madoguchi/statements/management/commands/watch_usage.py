"""``madoguchi watch_usage``: take in what lies in the watched folders, once; workers do so by themselves."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from madoguchi.statements.imports import watch, work
from madoguchi.statements.imports.models import ImportRun
from madoguchi.statements.imports.refusals import words


class Command(BaseCommand):
    help = "Import what has come to rest in the watched folders, without a worker (docs/call-records.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES])

    def handle(self, *args: Any, language: str | None, **options: Any) -> None:
        if not settings.WATCHED:
            raise CommandError("MADOGUCHI_WATCHED names no folder")
        spoken: AbstractContextManager[object] = translation.override(language) if language else nullcontext()
        watch.settle()
        watch.look(now=timezone.now())
        with spoken:
            for run in ImportRun.objects.filter(way=ImportRun.Way.FOLDER, state__in=ImportRun.MOVING).order_by("pk"):
                work.go_on(run.pk, now=timezone.now())
                run.refresh_from_db()
                why = f" – {words(run.reason, run.value)}" if run.reason else ""
                self.stdout.write(f"{run.file_name}: {run.get_state_display()}{why}")
        watch.settle()
