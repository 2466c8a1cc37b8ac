"""A test mail to a delivery address, on the way the notices take."""

from datetime import timedelta

from django.utils import timezone

from madoguchi.accounts import limits
from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Letter
from madoguchi.delivery.post import post
from madoguchi.lib.lanes import Lane
from madoguchi.notices.destinations import slot_of
from madoguchi.notices.models import Destination

RENDERER = "notices.trial"
# Whoever asked for it is waiting; later it would only puzzle.
LASTS = timedelta(minutes=30)


def send_trial(account: Account, *, slot: int) -> Letter | None:
    """Post a test to the address in ``slot``; None where none is that gets mail.

    It comes at once, whatever the days and hours of the address. Raises :class:`limits.TooMany`.
    """
    destination = slot_of(account, slot).destination
    if destination is None or destination.state != Destination.State.VERIFIED:
        return None
    limits.take(limits.TRIAL_MAIL, str(account.pk))
    return post(
        renderer=RENDERER,
        reference=str(destination.pk),
        lane=Lane.CODES,
        to=destination.address,
        language=account.language,
        expires_at=timezone.now() + LASTS,
        recipient_key=destination.recipient_key,
        format=Destination.Device(destination.device).letter_format,
    )
