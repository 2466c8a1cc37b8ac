"""Finding published notices: by kind, state, service, category, region, time and words. Pages and API ask alike."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from madoguchi.catalog.models import Service
from madoguchi.catalog.regions import ABROAD, NATIONWIDE
from madoguchi.notices.models import Notice, Report, Window
from madoguchi.notices.models.notice import NoticeQuerySet

# Days anybody could mean; the calendar's own ends leave no room for time zones.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is looked for; empty means it does not matter. ``service`` and ``category`` are slugs, ``region`` a code of
    :mod:`madoguchi.catalog.regions`, ``since`` and ``until`` days of the operator's clock, both included.
    """

    kind: str = ""
    state: str = ""
    in_force: bool = False
    service: str = ""
    category: str = ""
    region: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""


def find(asked: Asked) -> NoticeQuerySet:
    """The notices asked for, newest report first."""
    notices = Notice.objects.in_force() if asked.in_force else Notice.objects.published()
    for field in ("kind", "state"):
        if value := getattr(asked, field):
            notices = notices.filter(**{field: value})
    if asked.service:
        notices = notices.filter(_on_services(Q(slug=asked.service)))
    if asked.category:
        notices = notices.filter(_on_services(Q(category__slug=asked.category)))
    if asked.region:
        notices = notices.filter(_in_region(asked.region))
    if asked.since or asked.until:
        notices = notices.filter(_during(asked.since, asked.until))
    for word in unicodedata.normalize("NFKC", asked.text).split():
        notices = notices.filter(_says(word))
    return notices


def _on_services(wanted: Q) -> Exists:
    return Exists(Service.objects.filter(wanted, notices=OuterRef("pk")))


def _in_region(code: str) -> Q:
    """A notice for the whole country, or one that names no region, concerns every prefecture."""
    everywhere = Q(regions=[]) | Q(regions__contains=[NATIONWIDE])
    named = Q(regions__contains=[code])
    return named if code == ABROAD else named | everywhere


def _during(since: date | None, until: date | None) -> Q:
    """Notices whose time touches the days from ``since`` to ``until``, both included, either open.

    The time of work is each of its windows; of trouble from its start to its end, or to now while it lasts.
    """
    window, trouble = Q(notice=OuterRef("pk")), Q(kind=Notice.Kind.TROUBLE)
    if since:
        first = _midnight(since)
        window &= Q(ends_at__gte=first)
        trouble &= Q(ended_at__gte=first) | Q(ended_at=None)
    if until:
        end = _midnight(until + timedelta(days=1))
        window &= Q(starts_at__lt=end)
        trouble &= Q(started_at__lt=end)
    return Exists(Window.objects.filter(window)) | trouble


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _says(word: str) -> Q:
    """What its page shows: of a withdrawn notice no words any more, so that none of them finds it; its number does."""
    in_report = Q(body_ja__icontains=word) | Q(body_en__icontains=word)
    reports = Report.objects.filter(in_report, notice=OuterRef("pk"), published_at__isnull=False)
    in_words = Q(title_ja__icontains=word) | Q(title_en__icontains=word) | Q(Exists(reports))
    return Q(number__icontains=word) | Q(in_words, withdrawn_at=None)
