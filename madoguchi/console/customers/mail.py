"""What mail a customer gets, and why some did not arrive: as much as helps, addresses masked."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Return, Suppression
from madoguchi.delivery.returns import figures, suppression
from madoguchi.notices import deliveries
from madoguchi.notices.deliveries import Delivery
from madoguchi.notices.models import Destination, Subscription

SINCE = timedelta(days=90)
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Mail:
    """``suppressed`` keeps mail from the ID's own address; ``last_return`` is what came back of it last."""

    subscriptions: list[Subscription]
    destinations: list[Destination]
    suppressed: Suppression | None
    last_return: Return | None
    sent: list[Delivery]

    @classmethod
    def of(cls, account: Account) -> "Mail":
        due = deliveries.deliveries_of(account, since=timezone.now() - SINCE)
        return cls(
            subscriptions=list(account.subscriptions.select_related("service").order_by("pk")),
            destinations=list(account.destinations.exclude(state=Destination.State.REMOVED).order_by("slot")),
            suppressed=suppression.standing(account.email),
            last_return=figures.returns_of(account.email).first(),
            sent=deliveries.told(due[:SHOWN]),
        )
