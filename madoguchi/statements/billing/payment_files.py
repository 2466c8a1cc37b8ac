"""Files of payments uploaded by staff: received, checked by a worker, confirmed, stored; or given up."""

import shutil
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from madoguchi.accounts.models import Account
from madoguchi.shell.uploads import keep
from madoguchi.statements.models import PaymentFile

State = PaymentFile.State


@transaction.atomic
def receive(upload: UploadedFile, *, by: Account, now: datetime) -> PaymentFile:
    """Keep the file and have it checked."""
    file = PaymentFile.objects.create(
        name=(upload.name or "")[-200:], size=upload.size or 0, received_at=now, received_by=by
    )
    keep(upload, file.path)
    hand_out(file)
    return file


@transaction.atomic
def confirm(file: PaymentFile, *, by: Account, now: datetime) -> bool:
    """Have the good rows stored; False where somebody decided before, or nothing is new."""
    waiting = PaymentFile.objects.filter(pk=file.pk, state=State.CHECKED, new__gt=0)
    if not waiting.update(state=State.CONFIRMED, tries=0, decided_by=by, decided_at=now):
        return False
    hand_out(file)
    return True


@transaction.atomic
def give_up(file: PaymentFile, *, by: Account | None, now: datetime) -> bool:
    """Delete the file, nothing of it stored; False where it is past that."""
    waiting = PaymentFile.objects.filter(pk=file.pk, state__in=(State.RECEIVED, State.CHECKED))
    given_up = {"state": State.DROPPED, "decided_by": by, "decided_at": now, "finished_at": now}
    if not waiting.update(problems=[], **given_up):
        return False
    transaction.on_commit(lambda: shutil.rmtree(file.folder, ignore_errors=True))
    return True


def hand_out(file: PaymentFile) -> None:
    """A job for what the file waits for; nothing where one is queued already."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        task = app.configure_task("statements.go_on_with_payments", queueing_lock=f"statements.payments:{file.pk}")
        task.defer(file_id=file.pk)


def take_up() -> None:
    """A job for every file that waits, or whose worker may have died; where one is still at it, it does nothing."""
    for file in PaymentFile.objects.filter(state__in=PaymentFile.MOVING).order_by("pk"):
        hand_out(file)


def tidy(*, now: datetime) -> None:
    """Give up what nobody decided about in time, and delete what is left of files that have had theirs."""
    before = now - timedelta(days=settings.RECEIVED_DAYS)
    for file in PaymentFile.objects.filter(state=State.CHECKED, received_at__lt=before):
        give_up(file, by=None, now=now)
    for file in PaymentFile.objects.filter(finished_at__lt=before).exclude(problems=[]):
        shutil.rmtree(file.folder, ignore_errors=True)
        PaymentFile.objects.filter(pk=file.pk).update(problems=[])
