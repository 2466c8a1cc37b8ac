"""What came back, counted for the console and for whoever watches the site. Each is one look at an index."""

from datetime import datetime

from django.db.models import QuerySet, Sum

from madoguchi.delivery.models import Return, ReturnTally, Suppression
from madoguchi.delivery.returns.suppression import spelled
from madoguchi.delivery.returns.take import address_digest


def without_effect(*, since: datetime) -> dict[str, int]:
    """How much came that had none, by :class:`ReturnTally.Why`."""
    found = ReturnTally.objects.filter(day__gte=since.date()).values_list("why").annotate(Sum("number")).order_by()
    return {**{str(why): 0 for why in ReturnTally.Why}, **dict(found)}


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
