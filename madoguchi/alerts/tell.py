"""Alerts become mails: to the ID's own address, once, in an hour its owner has ticked for that address."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Letter
from madoguchi.delivery.post import post
from madoguchi.lib.lanes import Lane
from madoguchi.notices.hours import is_open, next_opening, zone_named
from madoguchi.notices.models import Destination
from madoguchi.statements.rating import month_before

from .models import Alert
from .rules import QUIET_MONTHS

RENDERER = "alerts.alert"
WORTH = timedelta(days=2)  # from when it may leave; later the usage page knows more


def tell(alerts: Iterable[Alert], *, now: datetime) -> int:
    """Keep those of ``alerts`` that were not told before, and post their mails; how many were new.

    Several countries of one watch and month are one mail.
    """
    told = 0
    posted: set[tuple[int, date]] = set()
    for alert in alerts:
        if _told_before(alert):
            continue
        alert.raised_at = now
        alert.save(force_insert=True)
        told += 1
        if alert.kind == Alert.Kind.COUNTRY:
            if (alert.watch_id, alert.month) in posted:
                continue
            posted.add((alert.watch_id, alert.month))
        _post(alert, now=now)
    return told


def _told_before(alert: Alert) -> bool:
    same = Alert.objects.filter(watch=alert.watch, kind=alert.kind)
    match alert.kind:
        case Alert.Kind.COUNTRY:
            around = (month_before(alert.month, QUIET_MONTHS), month_before(alert.month, -QUIET_MONTHS))
            same = same.filter(country_en=alert.country_en, month__range=around)
        case Alert.Kind.DATA:
            same = same.filter(month=alert.month, percent__gte=alert.percent)
        case _:
            same = same.filter(month=alert.month, budget=alert.budget)
    return same.exists()


def _post(alert: Alert, *, now: datetime) -> None:
    account = alert.watch.account
    destination = Destination.objects.standing().filter(account=account, address__iexact=account.email).first()
    due = due_at(account, destination, now=now)
    post(
        renderer=RENDERER,
        reference=str(alert.pk),
        lane=Lane.REST,
        to=account.email,
        language=account.language,
        due_at=due,
        expires_at=due + WORTH,
        recipient_key=account.recipient_key,
        format=Destination.Device(destination.device).letter_format if destination else Letter.Format.FULL,
    )


def due_at(account: Account, destination: Destination | None, *, now: datetime) -> datetime:
    """``now``, or the next open hour where the ID's address is a delivery address with days and hours of its own.

    Unlike a notice nothing is skipped: it is said only once a month, and is still true in the morning.
    """
    if destination is None:
        return now
    days, hours, zone = destination.days, destination.hours, zone_named(account.time_zone)
    if is_open(days, hours, at=now, zone=zone):
        return now
    return next_opening(days, hours, at=now, zone=zone) or now
