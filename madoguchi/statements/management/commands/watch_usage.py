"""``madoguchi watch_usage``: take in what lies in the watched folders, once; workers do so by themselves."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from madoguchi.statements.imports import watch, work
from madoguchi.statements.imports.models import ImportRun


class Command(BaseCommand):
    help = "Import what has come to rest in the watched folders, without a worker (docs/call-records.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.WATCHED:
            raise CommandError("MADOGUCHI_WATCHED names no folder")
        watch.settle()
        watch.look(now=timezone.now())
        for run in ImportRun.objects.filter(way=ImportRun.Way.FOLDER, state__in=ImportRun.MOVING).order_by("pk"):
            work.go_on(run.pk, now=timezone.now())
            run.refresh_from_db()
            self.stdout.write(f"{run.file_name}: {run.get_state_display()}")
        watch.settle()
