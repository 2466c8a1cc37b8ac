"""The time zones to choose from: those people live in, by continent, under the names of their cities."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# The areas of the tz database that are places, in the order they are offered: where our customers are, first.
AREAS = {
    "Asia": gettext_noop("Asia"),
    "Pacific": gettext_noop("Pacific"),
    "Australia": gettext_noop("Australia"),
    "America": gettext_noop("America"),
    "Europe": gettext_noop("Europe"),
    "Africa": gettext_noop("Africa"),
    "Indian": gettext_noop("Indian Ocean"),
    "Atlantic": gettext_noop("Atlantic"),
    "Antarctica": gettext_noop("Antarctica"),
    "Arctic": gettext_noop("Arctic"),
}
HOME = "Asia/Tokyo"

Choices = list[tuple[str, list[tuple[str, str]]]]


@lru_cache
def zones() -> frozenset[str]:
    """Names of places; not the former names the database still knows them by."""
    former = get_global("zone_aliases")
    # Where the two sources disagree on the present name, the system's is the one that works.
    places = {name for name in available_timezones() if name.partition("/")[0] in AREAS}
    return frozenset(name for name in places if former.get(name) not in places)


def choices(*, language: str, now: datetime) -> Choices:
    """For a select: groups by continent, Japan before all others, each with its present offset from UTC."""
    named = sorted((label(name, language=language, now=now), name) for name in zones() if name != HOME)
    home = [(HOME, label(HOME, language=language, now=now))]
    return [(_("Japan"), home)] + [
        (_(words), [(name, text) for text, name in named if name.partition("/")[0] == area])
        for area, words in AREAS.items()
    ]


def label(name: str, *, language: str, now: datetime) -> str:
    """東京（UTC+09:00） / Tokyo (UTC+09:00)."""
    offset = now.astimezone(ZoneInfo(name)).strftime("%z")
    written = f"UTC{offset[:3]}:{offset[3:5]}"
    city = city_of(name, language=language)
    return f"{city} ({written})" if language == "en" else f"{city}（{written}）"


def city_of(name: str, *, language: str) -> str:
    """The city in the reader's language; the locale data may know it by a former name only."""
    known = Locale(language).time_zones
    for spelling in (name, *_former_names().get(name, ())):
        if city := known.get(spelling, {}).get("city"):
            return str(city)
    return name.partition("/")[2].replace("_", " ").replace("/", ", ")


@lru_cache
def _former_names() -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for former, present in get_global("zone_aliases").items():
        names.setdefault(present, []).append(former)
    return names
