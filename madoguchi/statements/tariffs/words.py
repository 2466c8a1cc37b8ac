"""Days and hours of time bands, and kinds of contract, in words."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from madoguchi.shell import languages
from madoguchi.statements.models import UsageKind
from madoguchi.statements.rating import HOLIDAY

DAYS: tuple[str | Promise, ...] = (
    pgettext_lazy("day of a time band", "Mon"),
    pgettext_lazy("day of a time band", "Tue"),
    pgettext_lazy("day of a time band", "Wed"),
    pgettext_lazy("day of a time band", "Thu"),
    pgettext_lazy("day of a time band", "Fri"),
    pgettext_lazy("day of a time band", "Sat"),
    pgettext_lazy("day of a time band", "Sun"),
    pgettext_lazy("day of a time band", "Holiday"),
)


def listed(words: Iterable[str]) -> str:
    """a, b / a、b."""
    return (", " if languages.current() == "en" else "、").join(words)


def listed_days(days: Iterable[int]) -> str:
    """Mon–Fri, Holiday. A holiday is no day of the week: it stands by itself."""
    chosen = sorted(days)
    runs = _runs([day for day in chosen if day != HOLIDAY])
    words = [str(DAYS[first]) if first == last else f"{DAYS[first]}–{DAYS[last]}" for first, last in runs]
    return listed([*words, str(DAYS[HOLIDAY])] if HOLIDAY in chosen else words)


def hours_text(hours: Iterable[int]) -> str:
    """8:00–19:00, 22:00–24:00: the hours 8 to 18, 22 and 23."""
    return listed(f"{first}:00–{last + 1}:00" for first, last in _runs(sorted(hours)))


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """First and last of each unbroken run."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def usage_words(kinds: Iterable[str]) -> str:
    """Kinds of contract in the active language."""
    return listed(str(UsageKind(kind).label) for kind in kinds)
