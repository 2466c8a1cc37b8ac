"""What a report moved, as its reader sees it: old beside new, line by line. See ``changes`` of a report."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.notices.content import Period
from madoguchi.notices.models import Notice, Report
from madoguchi.shell.templatetags.shell import datetime_zone, period


@dataclass(frozen=True, slots=True)
class Line:
    """``same``: it stands on both sides."""

    text: str
    same: bool


@dataclass(frozen=True, slots=True)
class Change:
    """Either side is empty where nothing was said."""

    label: str | Promise
    before: list[Line]
    after: list[Line]


def changes_of(report: Report) -> list[Change]:
    """The differences a report made, in the order a reader needs them."""
    found = []
    for name, (label, words) in _WORDS.items():
        if name in report.changes:
            before, after = (words(side) for side in report.changes[name])
            found.append(Change(label, _lines(before, other=after), _lines(after, other=before)))
    return found


def _lines(said: list[str], *, other: list[str]) -> list[Line]:
    return [Line(text, text in other) for text in said]


def _windows(kept: list[dict[str, Any]]) -> list[str]:
    periods = sorted(map(Period.from_json, kept), key=lambda one: (one.spare, one.starts_at))
    return [
        _("%(period)s (spare day)") % {"period": said} if one.spare else said
        for one in periods
        if (said := period(one.starts_at, one.ends_at))
    ]


def _moment(kept: str | None) -> list[str]:
    return [datetime_zone(datetime.fromisoformat(kept))] if kept else []


def _impact(kept: str) -> list[str]:
    return [str(Notice.Impact(kept).label)]


def _severity(kept: str) -> list[str]:
    return [str(Notice.Severity(kept).label)]


_WORDS: dict[str, tuple[Promise, Callable[[Any], list[str]]]] = {
    "windows": (gettext_lazy("Period"), _windows),
    "expected_end": (gettext_lazy("Expected recovery"), _moment),
    "impact": (gettext_lazy("Impact"), _impact),
    "severity": (gettext_lazy("Severity"), _severity),
}
