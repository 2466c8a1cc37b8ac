"""What people decide about a file that was checked: import it, or give it up."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from madoguchi.accounts.models import Account
from madoguchi.statements.models import RejectedRow

from .models import ImportRun
from .queue import hand_out
from .receive import forget_file, rejects_path

State = ImportRun.State


@transaction.atomic
def confirm(run: ImportRun, *, by: Account, now: datetime) -> bool:
    """Have the good records stored; False where somebody decided before."""
    decided = ImportRun.objects.filter(pk=run.pk, state=State.CHECKED, stored__gt=0) | ImportRun.objects.filter(
        pk=run.pk, state=State.CHECKED, conflicting__gt=0
    )
    if not decided.update(state=State.CONFIRMED, tries=0, confirmed_by=by, confirmed_at=now):
        return False
    hand_out(run)
    return True


@transaction.atomic
def give_up(run: ImportRun, *, now: datetime, reason: str = "") -> bool:
    """Delete the file, nothing of it stored; False where it is past that."""
    waiting = ImportRun.objects.filter(pk=run.pk, state__in=(State.RECEIVED, State.CHECKED))
    if not waiting.update(state=State.DROPPED, finished_at=now, reason=reason, path=""):
        return False
    RejectedRow.objects.filter(run=run).delete()
    transaction.on_commit(lambda: forget_file(run))
    transaction.on_commit(lambda: rejects_path(run).unlink(missing_ok=True))
    return True


def tidy(*, now: datetime) -> None:
    """Give up what nobody decided about in time, and delete files that have had theirs or belong to no run."""
    before = now - timedelta(days=settings.RECEIVED_DAYS)
    for run in ImportRun.objects.filter(state=State.CHECKED, received_at__lt=before):
        give_up(run, now=now, reason="too_old")
    if not settings.RECEIVED.is_dir():
        return
    needed = {str(run.pk) for run in ImportRun.objects.exclude(path="")}
    for file in settings.RECEIVED.iterdir():
        oldest = now.timestamp() - (86_400 if file.suffix != ".rejects" else settings.RECEIVED_DAYS * 86_400)
        if file.is_file() and file.name not in needed and file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
