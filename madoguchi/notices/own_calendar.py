"""A customer's own calendar under a secret address: whose work is in it, and the life of the address."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from madoguchi.accounts.limits import Limit
from madoguchi.accounts.models import Account
from madoguchi.contracts.models import Contract
from madoguchi.lib.tokens import BrokenSeal, digest, new_token, seal, unseal
from madoguchi.notices.calendar import PUBLIC, Party
from madoguchi.notices.models import AffectedContract, CalendarFeed, Notice, Subscription

# A program asks every quarter of an hour; a network may hold many of them, and guesses.
ASKED_BY_PROGRAM = Limit("calendar program", 60, timedelta(hours=1))
ASKED_FROM_NETWORK = Limit("calendar network", 1200, timedelta(hours=1))
# How long work that is over stays, as in the public calendars.
KEPT = timedelta(days=90)


def address_of(account: Account) -> str | None:
    """The token of the address that works now; None where there is none, or it cannot be read any more."""
    feed = CalendarFeed.objects.filter(account=account, revoked_at=None).first()
    try:
        return unseal(feed.sealed) if feed else None
    except BrokenSeal:
        return None


@transaction.atomic
def renew(account: Account) -> str:
    """A new address; the one before works no more."""
    # One after the other, for there is one address at a time.
    Account.objects.select_for_update().get(pk=account.pk)
    revoke(account)
    token = new_token()
    CalendarFeed.objects.create(account=account, token_digest=digest(token), sealed=seal(token))
    return token


def revoke(account: Account) -> None:
    """The address works no more, and nobody can tell it from one that never was."""
    CalendarFeed.objects.filter(account=account, revoked_at=None).update(revoked_at=timezone.now(), sealed=b"")


def owner_of(token: str) -> Account | None:
    """Whose calendar is at that address."""
    feed = CalendarFeed.objects.select_related("account").filter(token_digest=digest(token), revoked_at=None).first()
    return feed.account if feed and feed.account.is_active else None


def work_of(account: Account, *, at: datetime | None = None) -> list[tuple[Notice, tuple[Party, ...]]]:
    """Published work that touches the account, and for each the customers whose contracts it touches.

    That is work on their contracts, and work on services they follow, if the limits of the subscription match. Where
    no contract of theirs is touched it stands as it does in the public calendar.
    """
    at = at or timezone.now()
    ended_since = at.astimezone(timezone.get_default_timezone()).date()
    mine = Contract.objects.visible_to(account).filter(Q(ended_on=None) | Q(ended_on__gte=ended_since))
    contracts = list(mine.select_related("customer").order_by("number"))
    follows = {wish.service_id: wish for wish in Subscription.objects.filter(account=account)}
    services = {*follows, *(contract.service_id for contract in contracts)}
    listed = _listed([contract.number for contract in contracts])
    recent = Notice.objects.published().work().filter(windows__ends_at__gt=at - KEPT)
    found = recent.filter(Q(services__in=services) | Q(pk__in=listed)).distinct()
    naming = set(AffectedContract.objects.filter(notice__in=found).values_list("notice", flat=True))
    shown = []
    for notice in found.prefetch_related("services", "reports"):
        on = {service.pk for service in notice.services.all()}
        if notice.pk in naming:
            touched = [contract for contract in contracts if contract.number in listed[notice.pk]]
        else:
            touched = [contract for contract in contracts if contract.service_id in on]
        if touched:
            shown.append((notice, _parties(touched)))
        elif any(_wants(follows[service], notice) for service in on & follows.keys()):
            shown.append((notice, (PUBLIC,)))
    return shown


def _listed(numbers: list[str]) -> dict[int, set[str]]:
    """Of ``numbers`` those that each notice names."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = AffectedContract.objects.filter(contract_number__in=numbers)
    for notice, number in rows.values_list("notice", "contract_number"):
        found[notice].add(number)
    return found


def _wants(wish: Subscription, notice: Notice) -> bool:
    everywhere = not notice.regions or "00" in notice.regions
    return not wish.only_my_contracts and (
        not wish.regions or everywhere or not set(wish.regions).isdisjoint(notice.regions)
    )


def _parties(touched: list[Contract]) -> tuple[Party, ...]:
    by_customer: dict[str, list[str]] = defaultdict(list)
    for contract in touched:
        by_customer[contract.customer.number].append(contract.number)
    return tuple(Party(account=number, objects=tuple(theirs)) for number, theirs in sorted(by_customer.items()))
