"""Every notice that was due to somebody, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Letter
from madoguchi.notices import mailings
from madoguchi.notices.models import Report


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail at one address; ``letter`` has state, reason, ``due_at`` and ``finished_at``.

    ``report`` is the one that was mailed; of a reminder or a withdrawal (``letter.mailing.renderer`` says so) the
    notice's last one.
    """

    letter: Letter
    report: Report


def deliveries_of(account: Account, *, since: datetime, limit: int) -> list[Delivery]:
    """What was due to the account's destinations from ``since`` on, newest first, ``limit`` at most."""
    keys = [f"destination:{pk}" for pk in account.destinations.values_list("pk", flat=True)]
    letters = list(
        Letter.objects.filter(recipient_key__in=keys, due_at__gte=since, mailing__renderer__in=mailings.ALL)
        .select_related("mailing")
        .order_by("-due_at", "-pk")[:limit]
    )
    reports = mailings.reports_of(letter.mailing for letter in letters)
    return [Delivery(letter, reports[letter.mailing_id]) for letter in letters]
