"""An alert becomes a mail: to the ID's own address, once, in an hour its owner has ticked for that address."""

from datetime import datetime, timedelta

from madoguchi.accounts.models import Account
from madoguchi.delivery.post import post
from madoguchi.lib.lanes import Lane
from madoguchi.notices.hours import is_open, next_opening, zone_named
from madoguchi.notices.models import Destination

from .models import Alert

RENDERER = "alerts.alert"
WORTH = timedelta(days=2)  # from when it may leave; later the usage page knows more


def tell(alert: Alert, *, now: datetime) -> bool:
    """Keep ``alert`` and post its mail, unless the same was told before; whether it was posted."""
    found, is_new = Alert.objects.get_or_create(
        watch=alert.watch,
        kind=alert.kind,
        month=alert.month,
        budget=alert.budget,
        country_en=alert.country_en,
        defaults={
            "country_ja": alert.country_ja,
            "charge": alert.charge,
            "usual": alert.usual,
            "raised_at": now,
        },
    )
    if not is_new:
        return False
    account = alert.watch.account
    due = due_at(account, now=now)
    post(
        renderer=RENDERER,
        reference=str(found.pk),
        lane=Lane.REST,
        to=account.email,
        language=account.language,
        due_at=due,
        expires_at=due + WORTH,
        recipient_key=account.recipient_key,
    )
    return True


def due_at(account: Account, *, now: datetime) -> datetime:
    """``now``, or the next open hour where the ID's address is a delivery address with days and hours of its own.

    Unlike a notice nothing is skipped: it is said only once a month, and is still true in the morning.
    """
    destination = Destination.objects.standing().filter(account=account, address__iexact=account.email).first()
    if destination is None:
        return now
    days, hours, zone = destination.days, destination.hours, zone_named(account.time_zone)
    if is_open(days, hours, at=now, zone=zone):
        return now
    return next_opening(days, hours, at=now, zone=zone) or now
