"""Pages of a list that others add to while it is read: each begins after a row, not at a count."""

import base64
import binascii
from datetime import UTC, datetime

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest

from madoguchi.api.v1.refused import Refused, fault
from madoguchi.notices.models import Notice
from madoguchi.notices.models.notice import NoticeQuerySet


def cut(found: NoticeQuerySet, *, request: HttpRequest, limit: int, after: str) -> tuple[list[Notice], str | None]:
    """The ``limit`` notices that follow ``after`` (empty: the first), and the address of the next ones, if any."""
    if after:
        published, pk = _place(after)
        found = found.filter(Q(last_published_at__lt=published) | Q(last_published_at=published, pk__lt=pk))
    rows = list(found[: limit + 1])
    if len(rows) <= limit:
        return rows, None
    asked = request.GET.copy()
    asked["after"] = _mark(rows[limit - 1])
    return rows[:limit], f"{settings.SITE_URL}{request.path}?{asked.urlencode()}"


def _mark(row: Notice) -> str:
    assert row.last_published_at is not None  # noqa: S101 - published
    place = f"{row.last_published_at.astimezone(UTC).isoformat()} {row.pk}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _place(mark: str) -> tuple[datetime, int]:
    try:
        text = base64.b64decode(mark + "=" * (-len(mark) % 4), altchars=b"-_", validate=True).decode("ascii")
        moment, pk = text.split(" ")
        published, number = datetime.fromisoformat(moment), int(pk)
        if published.tzinfo is None or not 0 < number < 2**63:
            raise ValueError(mark)
    except (ValueError, binascii.Error, OverflowError) as wrong:
        raise Refused([fault("after", "damaged")]) from wrong
    return published, number
