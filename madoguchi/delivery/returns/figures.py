"""What came back, counted for the console and for whoever watches the site. Each is one look at an index."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Count, QuerySet, Sum

from madoguchi.delivery.models import Return, ReturnTally, Suppression
from madoguchi.delivery.returns.suppression import spelled
from madoguchi.delivery.returns.take import address_digest


@dataclass(frozen=True, slots=True)
class OfDomain:
    """What became of the letters to one domain that were due in a time: ``sent`` includes those that bounced later.

    ``delayed`` counts words of delay, the others letters.
    """

    domain: str
    sent: int
    hard: int
    soft: int
    other: int
    complaints: int
    delayed: int

    @property
    def bounced(self) -> int:
        return self.hard + self.soft + self.other

    @property
    def bounce_rate(self) -> float:
        """Between 0 and 1."""
        return self.bounced / self.sent if self.sent else 0.0

    @property
    def complaint_rate(self) -> float:
        """Between 0 and 1. Providers begin to refuse mail at 0.003; 0.001 is good."""
        return self.complaints / self.sent if self.sent else 0.0


# Letters by the domain of their address, then what came back by domain: the letters of a time are read once.
_BY_DOMAIN = """
WITH gone AS (
    SELECT lower(reverse(split_part(reverse(address), '@', 1))) AS domain, count(*) AS sent
    FROM delivery_letter
    WHERE mailing_id IN (SELECT id FROM delivery_mailing WHERE created_at >= %(since)s)
      AND state IN ('sent', 'bounced') AND address <> ''
    GROUP BY 1
), back AS (
    SELECT domain, count(*) FILTER (WHERE kind = 'hard') AS hard, count(*) FILTER (WHERE kind = 'soft') AS soft,
           count(*) FILTER (WHERE kind = 'other') AS other, count(*) FILTER (WHERE kind = 'complaint') AS complaints,
           count(*) FILTER (WHERE kind = 'delayed') AS delayed
    FROM delivery_return WHERE received_at >= %(since)s
    GROUP BY domain
)
SELECT coalesce(gone.domain, back.domain), coalesce(sent, 0), coalesce(hard, 0), coalesce(soft, 0),
       coalesce(other, 0), coalesce(complaints, 0), coalesce(delayed, 0)
FROM gone FULL JOIN back ON back.domain = gone.domain
ORDER BY 2 DESC, 1
LIMIT %(limit)s
"""


def by_domain(*, since: datetime, limit: int = 50) -> list[OfDomain]:
    """The domains most letters went to, with what came back. Reads every letter since then: keep what it says."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_DOMAIN, {"since": since, "limit": limit})
        return [OfDomain(*row) for row in cursor.fetchall()]


def by_kind(*, since: datetime) -> dict[str, int]:
    """How much came back, by :class:`Return.Kind`; every kind is there."""
    found = Return.objects.filter(received_at__gte=since).values_list("kind").annotate(Count("pk")).order_by()
    return {**{str(kind): 0 for kind in Return.Kind}, **dict(found)}


def by_day(*, since: datetime) -> list[tuple[date, str, int]]:
    """``(day, kind, number)``, in the site's time zone, the oldest first."""
    days = Return.objects.filter(received_at__gte=since).values_list("received_at__date", "kind")
    return list(days.annotate(Count("pk")).order_by("received_at__date", "kind"))


def without_effect(*, since: datetime) -> dict[str, int]:
    """How much came that had none, by :class:`ReturnTally.Why`."""
    found = ReturnTally.objects.filter(day__gte=since.date()).values_list("why").annotate(Sum("number")).order_by()
    return {**{str(why): 0 for why in ReturnTally.Why}, **dict(found)}


def latest(*, kind: str = "", domain: str = "") -> QuerySet[Return]:
    """What came back, the newest first; of one kind, of one domain. For pages of a list."""
    found = Return.objects.order_by("-received_at", "-pk")
    if kind:
        found = found.filter(kind=kind)
    return found.filter(domain=domain.lower()) if domain else found


def returns_of(address: str) -> QuerySet[Return]:
    """What came back of one address, the newest first."""
    return Return.objects.filter(address_digest=address_digest(address)).order_by("-received_at", "-pk")


def suppressions(*, search: str = "", reason: str = "", lifted: bool = False) -> QuerySet[Suppression]:
    """The suppression list, the newest first. ``search``: a whole address, or ``@domain``. ``lifted``: those that are
    over too."""
    found = Suppression.objects.all() if lifted else Suppression.objects.open()
    if search.startswith("@"):
        found = found.filter(address__iendswith=search)
    elif search:
        found = found.filter(address=spelled(search.strip()))
    if reason:
        found = found.filter(reason=reason)
    return found.order_by("-since", "-pk")
