"""Acts on a whole mailing that may touch a million letters: they count at once, a job writes the letters' rows."""

from procrastinate.contrib.django import app

from madoguchi.delivery.models import Mailing
from madoguchi.lib.lanes import Lane


def call_off(mailing: Mailing) -> None:
    """Send nothing more of it, ever, from the caller's commit on; its letters are told so by a job."""
    Mailing.objects.filter(pk=mailing.pk).update(state=Mailing.State.CANCELLED)
    _by_job("delivery.call_off", mailing)


def try_again(mailing: Mailing) -> None:
    """Queue its failed letters again, by a job: :meth:`Mailing.retry_failed`."""
    _by_job("delivery.try_again", mailing)


def _by_job(task: str, mailing: Mailing) -> None:
    job = app.configure_task(task, priority=Lane.TROUBLE.priority, lock=f"mailing {mailing.pk}")
    job.defer(mailing_id=mailing.pk)
