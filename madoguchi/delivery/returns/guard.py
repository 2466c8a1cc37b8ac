"""When a domain calls many of its addresses unknown at once: is it them, or has its directory broken?

The rule is in ``docs/delivery-addresses.md``. :func:`weight` keeps a crowd waiting, so that nobody is stopped before
the whole of it can be seen; what then becomes of it is :mod:`.crowds`'.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from madoguchi.delivery.models import DomainCount, DomainHold, Return
from madoguchi.delivery.returns import rules

# Counts are kept by ten minutes, so up to ten more of them are looked at.
_A_COUNT = timedelta(minutes=10)
# Of how many unknown addresses the letter before is looked up.
_LOOKED_UP = 200

# The letter before: to the same recipient at the same address, and not itself among what was called unknown just now.
_TOOK_BEFORE = """
SELECT count(*) FILTER (WHERE before.state = 'sent'), count(*)
FROM (
    SELECT DISTINCT ON (address_digest) letter FROM delivery_return
    WHERE kind = 'hard' AND domain = %(domain)s AND received_at > %(since)s AND letter IS NOT NULL
    ORDER BY address_digest, received_at
    LIMIT %(limit)s
) AS unknown
JOIN delivery_letter letter ON letter.id = unknown.letter
LEFT JOIN LATERAL (
    SELECT state FROM delivery_letter earlier
    WHERE earlier.recipient_key = letter.recipient_key AND letter.recipient_key <> ''
      AND earlier.address = letter.address AND earlier.finished_at < letter.finished_at
      AND earlier.state IN ('sent', 'bounced', 'failed')
      AND NOT EXISTS (
          SELECT FROM delivery_return back
          WHERE back.letter = earlier.id AND back.kind = 'hard' AND back.received_at > %(since)s
      )
    ORDER BY earlier.finished_at DESC
    LIMIT 1
) AS before ON true
"""


@dataclass(frozen=True, slots=True)
class Crowd:
    """What a domain said within the hour, as :func:`rules.directory_broken` takes it."""

    unknown: int
    letters: int
    took_before: int

    @property
    def is_the_domains(self) -> bool:
        return rules.directory_broken(unknown=self.unknown, letters=self.letters, took_before=self.took_before)


def weight(domain: str, *, crowd: bool = False) -> Return.Weight:
    """What another unknown address of ``domain`` weighs at this moment, before it is itself written down.

    ``crowd``: it is known already that there are too many.
    """
    if DomainHold.objects.open().filter(domain=domain).exists():
        return Return.Weight.HELD
    others = unknown(domain, since=timezone.now() - rules.CROWD_WITHIN).values("address_digest").distinct()
    crowd = crowd or others[: rules.CROWD - 1].count() >= rules.CROWD - 1
    return Return.Weight.WAITING if crowd else Return.Weight.COUNTS


def unknown(domain: str, *, since: datetime) -> "QuerySet[Return]":
    """What the domain said of addresses it does not know."""
    return Return.objects.filter(kind=Return.Kind.HARD, domain=domain, received_at__gt=since)


def crowd(domain: str, *, since: datetime) -> Crowd:
    """Everything it said ``since``; the letter before is looked up for some of the addresses and taken for all."""
    number = unknown(domain, since=since).values("address_digest").distinct().count()
    counted = DomainCount.objects.filter(domain=domain, begin__gt=since - _A_COUNT)
    letters = counted.aggregate(n=Coalesce(Sum("accepted"), 0) + Coalesce(Sum("refused"), 0))["n"]
    with connection.cursor() as cursor:
        cursor.execute(_TOOK_BEFORE, {"domain": domain, "since": since, "limit": _LOOKED_UP})
        took, looked_up = cursor.fetchone()
    return Crowd(number, max(letters, number), round(number * took / looked_up) if looked_up else 0)
