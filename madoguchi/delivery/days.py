"""What became of the letters of each day, by group of addresses: counted by a job, so that looking costs nothing."""

from collections import Counter
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.utils import timezone

from madoguchi.delivery.engine.pacing import group_of
from madoguchi.delivery.models import DayCount, Mailing

# Groups kept by name; the smaller ones of a day are counted together.
NAMED = 100
KEPT = timedelta(days=400)

# Mailings are numbered as they are made, and their letters lie together: by the range of numbers a BRIN index finds
# the pages, without reading the letters of other days.
_COUNT = """
SELECT split_part(letter.address, '@', -1), letter.state, letter.reason, count(*)
FROM delivery_letter letter
JOIN delivery_mailing mailing ON mailing.id = letter.mailing_id
WHERE letter.mailing_id BETWEEN %s AND %s AND mailing.created_at >= %s AND mailing.created_at < %s
GROUP BY 1, 2, 3
"""


def keep_up() -> None:
    """Count today and yesterday anew, and drop what is too old."""
    today = timezone.localdate()
    for day in (today - timedelta(days=1), today):
        count(day)
    DayCount.objects.filter(day__lt=today - KEPT).delete()


def count(day: date) -> None:
    """Count the letters of the mailings that were made on ``day``, the site's; running it again corrects it."""
    begin = timezone.make_aware(datetime.combine(day, time.min))
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    ids = Mailing.objects.filter(created_at__gte=begin, created_at__lt=end).order_by("pk").values_list("pk", flat=True)
    first, last = ids.first(), ids.last()
    found: Counter[tuple[str, str, str]] = Counter()
    if first is not None:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [first, last, begin, end])
            for domain, state, reason, number in cursor.fetchall():
                # An address that was let go of says no domain any more.
                found[group_of(f"@{domain}") if "." in domain else "", state, reason] += number
    _keep(day, _largest_by_name(found))


def _largest_by_name(found: Counter[tuple[str, str, str]]) -> Counter[tuple[str, str, str]]:
    sizes: Counter[str] = Counter()
    for (group, _state, _reason), number in found.items():
        sizes[group] += number
    named = {group for group, _size in sizes.most_common(NAMED)}
    kept: Counter[tuple[str, str, str]] = Counter()
    for (group, state, reason), number in found.items():
        kept[group if group in named else "", state, reason] += number
    return kept


@transaction.atomic
def _keep(day: date, found: Counter[tuple[str, str, str]]) -> None:
    DayCount.objects.filter(day=day).delete()
    now = timezone.now()
    DayCount.objects.bulk_create(
        DayCount(day=day, group=group, state=state, reason=reason, number=number, counted_at=now)
        for (group, state, reason), number in found.items()
    )
