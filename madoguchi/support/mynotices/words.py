"""A destination's days and hours, and what came of a call to a program, in words."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.utils.translation import gettext, gettext_lazy, pgettext

from madoguchi.notices.destinations import Preferences
from madoguchi.notices.models import ALL_DAYS, ALL_HOURS, Destination, DestinationChange, WebhookCall
from madoguchi.shell import languages

# Weeks are told from Monday on: 月〜金・日.
_WEEK = (1, 2, 3, 4, 5, 6, 0)

# Why a call of a webhook got no answer.
_TROUBLES = {
    "timeout": gettext_lazy("no answer within 10 seconds"),
    "name": gettext_lazy("the name of the address was not found"),
    "connection": gettext_lazy("no connection"),
    "tls": gettext_lazy("the certificate could not be verified"),
    "protocol": gettext_lazy("the answer was not HTTP"),
    "stopped": gettext_lazy("stopped before it was sent"),
    "seal": gettext_lazy("the address cannot be read any more; enter it again"),
}

Wished = Preferences | Destination | DestinationChange


def days_and_hours(wished: Wished) -> str:
    """毎日　終日 / 月〜金　9時〜17時台, 20時台 / Mon–Fri, 9:00–18:00."""
    if not wished.days or not wished.hours:
        return gettext("No hours chosen: nothing is sent")
    return gettext("%(days)s, %(hours)s") % {"days": days(wished.days), "hours": hours(wished.hours)}


def meaning(wished: Wished) -> Iterator[str]:
    """What a choice of days, hours and exceptions means, in whole sentences."""
    if wished.days and wished.hours:
        said = {"days": days(wished.days), "hours": hours(wished.hours)}
        if (wished.days, wished.hours) == (ALL_DAYS, ALL_HOURS):
            yield gettext("Every notice is sent as soon as it is published.")
            return
        yield gettext("Notices published in these hours are sent at once: %(days)s, %(hours)s.") % said
        if wished.outside == Destination.Outside.HOLD:
            yield gettext("Those published at other times are kept and come as one email at the next open hour.")
        else:
            yield gettext("Those published at other times are not sent. You can read them on this site.")
    else:
        yield gettext("No day or no hour is ticked, so notices are not sent.")
    if wished.critical_always:
        yield gettext("Critical trouble is sent at once at any time.")


def days(bits: int) -> str:
    if bits == ALL_DAYS:
        return gettext("Every day")
    english = languages.current() == "en"
    ticked = [place for place, day in enumerate(_WEEK) if bits >> day & 1]
    said: list[str] = []
    for first, last in _runs(ticked):
        names = [_day(_WEEK[place]) for place in range(first, last + 1)]
        said += [f"{names[0]}{'–' if english else '〜'}{names[-1]}"] if len(names) > 2 else names
    return (", " if english else "・").join(said)


def hours(bits: int) -> str:
    if bits == ALL_HOURS:
        return gettext("all day")
    runs = _runs([hour for hour in range(24) if bits >> hour & 1])
    if languages.current() == "en":
        return ", ".join(f"{first}:00–{last + 1}:00" for first, last in runs)
    return "、".join(f"{first}時台" if first == last else f"{first}時〜{last}時台" for first, last in runs)


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """The first and the last of each run of consecutive numbers."""
    grouped = groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    runs = [[number for _, number in run] for _, run in grouped]
    return [(run[0], run[-1]) for run in runs]


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


def answered(call: WebhookCall) -> str:
    """What the last try of a call brought: Answer 503 in 120 ms."""
    if call.status is not None:
        said = {"status": call.status, "milliseconds": call.milliseconds}
        return gettext("Answer %(status)s in %(milliseconds)s ms") % said
    return str(_TROUBLES.get(call.trouble, gettext("this address is not called")))
