"""Following a service: its subscription, and the first address it is delivered to."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from madoguchi.accounts.models import Account
from madoguchi.catalog.models import Service
from madoguchi.lib.addresses import envelope
from madoguchi.notices.destinations import Preferences, free_slot, place, proven
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

    Who has no destination gets the ID's own address as the first, unless mail to it came back: it was verified by
    registration, and every day and hour is ticked. Raises ``ValueError`` when neither work nor trouble is wanted: that
    is not following.
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
        _add_own_address(account)
    return subscription


def _add_own_address(account: Account) -> None:
    slot, address = free_slot(account), envelope(account.email)
    if slot and proven(account, slot=slot, address=address):
        place(account, slot=slot, address=address, preferences=Preferences(), verified=True)


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
