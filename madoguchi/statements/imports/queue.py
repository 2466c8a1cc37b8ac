"""Handing runs to the workers: one is at work at a time, since imports wait for each other anyway."""

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from .models import ImportRun


def hand_out(run: ImportRun) -> None:
    """A job for what the run waits for; nothing where one is queued already."""
    lock = f"statements.import:{run.pk}"
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task("statements.go_on_with_import", lock="statements.import", queueing_lock=lock).defer(
            run_id=run.pk
        )


def take_up() -> None:
    """A job for every run that waits, or whose worker may have died; where one is still at it, the job does nothing."""
    for run in ImportRun.objects.filter(state__in=ImportRun.MOVING).order_by("pk"):
        hand_out(run)
