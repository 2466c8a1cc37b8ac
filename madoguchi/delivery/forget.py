"""Letting go of somebody's mail: the letters stay as outcomes that count, without saying whose they were."""

from collections.abc import Sequence

from django.db.models.functions import Now

from madoguchi.delivery.models import Letter


def forget_recipients(keys: Sequence[str]) -> int:
    """Send nothing more to these recipients, and empty what their letters say of them; return how many letters.

    A letter that a worker holds at this moment may still go out; it is emptied all the same when asked once more.
    """
    theirs = Letter.objects.filter(recipient_key__in=keys, leased_until=None)
    theirs.filter(state__in=[Letter.State.QUEUED, Letter.State.HELD]).update(
        state=Letter.State.SKIPPED, reason="closed", finished_at=Now()
    )
    return theirs.update(address="", personal={}, sealed=None, reply="")
