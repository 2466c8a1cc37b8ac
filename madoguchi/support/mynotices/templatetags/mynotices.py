"""``{% load mynotices %}``: a destination's days and hours in words."""

from django import template
from django.utils.translation import gettext, pgettext

from madoguchi.notices.models import ALL_DAYS, ALL_HOURS, Destination
from madoguchi.shell import languages

register = template.Library()


@register.filter
def days_and_hours(destination: Destination) -> str:
    """毎日・終日 / 月・火・水 9:00〜18:00, 20:00〜21:00."""
    english = languages.current() == "en"
    if not destination.days or not destination.hours:
        return gettext("No hours chosen: nothing is sent")
    days = (
        gettext("Every day")
        if destination.days == ALL_DAYS
        else (", " if english else "・").join(_day(day) for day in range(7) if destination.days >> day & 1)
    )
    hours = (
        gettext("all day")
        if destination.hours == ALL_HOURS
        else ", ".join(f"{first}:00–{last + 1}:00" for first, last in _runs(destination.hours))
    )
    return gettext("%(days)s, %(hours)s") % {"days": days, "hours": hours}


def _day(day: int) -> str:
    return (
        pgettext("weekday", "Sun"),
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
    )[day]


def _runs(hours: int) -> list[tuple[int, int]]:
    """The first and the last hour of each run of ticked ones."""
    runs: list[tuple[int, int]] = []
    for hour in range(24):
        if not hours >> hour & 1:
            continue
        if runs and runs[-1][1] == hour - 1:
            runs[-1] = (runs[-1][0], hour)
        else:
            runs.append((hour, hour))
    return runs
