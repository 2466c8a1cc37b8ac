"""Receiving a file: it gets its place and its run, and waits for a worker to check it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from madoguchi.accounts.models import Account
from madoguchi.shell.uploads import keep
from madoguchi.statements.formats.mapping import parse_mapping
from madoguchi.statements.import_calls import CallFile

from .models import ImportRun
from .queue import hand_out

MAPPED = "mapped"  # the format of files that a mapping describes


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read. ``mapping``: the text of one, for the format ``mapped``; ``mends``: the import whose
    rejected records it brings back."""

    form: str
    source: str
    zone: str
    mapping: str = ""
    mends: ImportRun | None = None


@transaction.atomic
def receive(upload: UploadedFile, reading: Reading, *, by: Account, now: datetime) -> ImportRun:
    """Keep an uploaded file and have it checked."""
    run = ImportRun.objects.create(
        file_name=(upload.name or "")[-200:],
        size=upload.size or 0,
        format=reading.form,
        source=reading.source,
        zone=reading.zone,
        mapping=reading.mapping,
        mends=reading.mends,
        way=ImportRun.Way.CONSOLE,
        received_at=now,
        received_by=by,
    )
    place = settings.RECEIVED / f"{run.pk}"
    keep(upload, place)
    run.path = str(place)
    run.save(update_fields=["path"])
    hand_out(run)
    return run


def call_file(run: ImportRun) -> CallFile:
    """The file of a run and how to read it."""
    mapping = parse_mapping(run.mapping) if run.mapping else None
    return CallFile(Path(run.path), run.format, run.source, run.zone, mapping, run.file_name)


def rejects_path(run: ImportRun) -> Path:
    """Where the rejected records of a run lie, as a file of the same kind."""
    return settings.RECEIVED / f"{run.pk}.rejects"


def forget_file(run: ImportRun) -> None:
    """Delete what was uploaded; a file that came another way is its owner's."""
    if run.way == ImportRun.Way.CONSOLE and run.path:
        Path(run.path).unlink(missing_ok=True)
