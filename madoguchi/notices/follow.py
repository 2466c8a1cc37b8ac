"""Following a service: its subscription, and the first address it is delivered to."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from madoguchi.accounts.models import Account
from madoguchi.catalog.models import Service
from madoguchi.lib.addresses import envelope
from madoguchi.notices.models import Destination, Subscription


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """Which mail of a service somebody wants. ``regions`` are region codes; none means all."""

    work: bool
    trouble: bool
    only_my_contracts: bool = False
    regions: Sequence[str] = ()


@transaction.atomic
def follow(account: Account, *, service: Service, wishes: Wishes) -> Subscription:
    """Follow ``service``, or change how it is followed.

    Who has no destination yet gets the ID's own address as the first: it was verified by registration, and every day
    and hour is ticked. Raises ``ValueError`` when neither work nor trouble is wanted: that is not following.
    """
    if not (wishes.work or wishes.trouble):
        raise ValueError("choose work, trouble or both")
    subscription, _ = Subscription.objects.update_or_create(
        account=account,
        service=service,
        defaults={
            "work": wishes.work,
            "trouble": wishes.trouble,
            "only_my_contracts": wishes.only_my_contracts,
            "regions": sorted(set(wishes.regions)),
        },
    )
    if not Destination.objects.standing().filter(account=account).exists():
        mine = Destination.objects.standing()
        mine.get_or_create(account=account, slot=1, defaults={"address": envelope(account.email)})
    return subscription


def unfollow(subscription: Subscription) -> Wishes:
    """Stop following; the answer is what :func:`follow` needs to undo it. Destinations stay."""
    wishes = wishes_of(subscription)
    subscription.delete()
    return wishes


def wishes_of(subscription: Subscription) -> Wishes:
    return Wishes(
        work=subscription.work,
        trouble=subscription.trouble,
        only_my_contracts=subscription.only_my_contracts,
        regions=tuple(subscription.regions),
    )
