"""What mail a customer gets, and why some did not arrive: as much as helps, addresses masked."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Letter, Return, Suppression
from madoguchi.delivery.returns import figures, suppression
from madoguchi.notices import deliveries
from madoguchi.notices.deliveries import Delivery
from madoguchi.notices.models import Destination, Subscription

SINCE = timedelta(days=90)
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Mail:
    """``suppressed`` keeps mail from the ID's own address; ``last_return`` is what came back of it last.

    ``sent`` are the notices that were due, ``own`` the letters about the ID itself and about its charges.
    """

    subscriptions: list[Subscription]
    destinations: list[Destination]
    suppressed: Suppression | None
    last_return: Return | None
    sent: list[Delivery]
    own: list[Letter]

    @classmethod
    def of(cls, account: Account) -> "Mail":
        since = timezone.now() - SINCE
        due = deliveries.deliveries_of(account, since=since)
        own = Letter.objects.filter(recipient_key=account.recipient_key, mailing__created_at__gte=since)
        return cls(
            subscriptions=list(account.subscriptions.select_related("service").order_by("pk")),
            destinations=list(account.destinations.exclude(state=Destination.State.REMOVED).order_by("slot")),
            suppressed=suppression.standing(account.email),
            last_return=figures.returns_of(account.email).first(),
            sent=deliveries.told(due[:SHOWN]),
            own=list(own.select_related("mailing").order_by("-pk")[:SHOWN]),
        )
