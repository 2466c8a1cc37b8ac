"""Files of contracts uploaded by staff: received, checked by a worker, confirmed, stored; or given up."""

import json
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from madoguchi.accounts.models import Account
from madoguchi.contracts.models import Upload, UploadFile
from madoguchi.shell.uploads import keep

State = Upload.State


@transaction.atomic
def receive(files: Sequence[UploadedFile], *, by: Account, now: datetime) -> Upload:
    """Keep the files and have them checked."""
    upload = Upload.objects.create(received_at=now, received_by=by)
    upload.folder.mkdir(mode=0o700, parents=True)
    for file in files:
        row = UploadFile.objects.create(upload=upload, name=(file.name or "")[-200:], size=file.size or 0)
        keep(file, row.path)
    hand_out(upload)
    return upload


@transaction.atomic
def confirm(upload: Upload, *, by: Account, now: datetime) -> bool:
    """Have the good rows stored; False where somebody decided before."""
    waiting = Upload.objects.filter(pk=upload.pk, state=State.CHECKED)
    if not waiting.update(state=State.CONFIRMED, tries=0, decided_by=by, decided_at=now):
        return False
    hand_out(upload)
    return True


@transaction.atomic
def give_up(upload: Upload, *, by: Account | None, now: datetime) -> bool:
    """Delete the files, nothing of them stored; False where it is past that."""
    waiting = Upload.objects.filter(pk=upload.pk, state__in=(State.RECEIVED, State.CHECKED))
    if not waiting.update(state=State.DROPPED, decided_by=by, decided_at=now, finished_at=now):
        return False
    UploadFile.objects.filter(upload=upload).update(problems=[])
    transaction.on_commit(lambda: shutil.rmtree(upload.folder, ignore_errors=True))
    return True


def hand_out(upload: Upload) -> None:
    """A job for what the upload waits for; nothing where one is queued already."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        task = app.configure_task("contracts.go_on_with_upload", queueing_lock=f"contracts.upload:{upload.pk}")
        task.defer(upload_id=upload.pk)


def take_up() -> None:
    """A job for every upload that waits, or whose worker may have died; where one is still at it, it does nothing."""
    for upload in Upload.objects.filter(state__in=Upload.MOVING).order_by("pk"):
        hand_out(upload)


def tidy(*, now: datetime) -> None:
    """Give up what nobody decided about in time, and delete what is left of files that have had theirs."""
    before = now - timedelta(days=settings.RECEIVED_DAYS)
    for upload in Upload.objects.filter(state=State.CHECKED, received_at__lt=before):
        give_up(upload, by=None, now=now)
    for upload in Upload.objects.filter(finished_at__lt=before, files__rejected__gt=0).distinct():
        shutil.rmtree(upload.folder, ignore_errors=True)
        UploadFile.objects.filter(upload=upload).exclude(problems=[]).update(problems=[])


def rejected_line(line: int, problems: Sequence[tuple[str, str, str]], cells: Sequence[str]) -> str:
    """A row that was left out, as it waits to be fetched: the reasons as what they are, not yet in a language."""
    return json.dumps([line, problems, cells], ensure_ascii=False) + "\n"
