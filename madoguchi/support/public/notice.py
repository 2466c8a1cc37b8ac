"""``/notices/<number>/``: one notice with every report, newest first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from madoguchi.notices.content import Period
from madoguchi.notices.models import Notice, Report
from madoguchi.shell.cacheable import public_page
from madoguchi.shell.templatetags.shell import datetime_zone, period


@dataclass(frozen=True, slots=True)
class Change:
    """What a report moved, old beside new; either is empty where nothing was said."""

    label: Promise
    before: str
    after: str


@public_page
def notice(request: HttpRequest, number: str) -> HttpResponse:
    shown = get_object_or_404(
        Notice.objects.published().prefetch_related("services", "windows", "reports"), number=number
    )
    context = {
        "notice": shown,
        "reports": [(report, changes_of(report)) for report in shown.published_reports],
    }
    return render(request, "public/notice.html", context)


def changes_of(report: Report) -> list[Change]:
    """The differences a report made, in words; see ``changes`` of :class:`Report`."""
    words: dict[str, tuple[Promise, Callable[[Any], str]]] = {
        "windows": (_("Period"), _windows),
        "expected_end": (_("Expected recovery"), _moment),
        "impact": (_("Impact"), lambda value: str(Notice.Impact(value).label)),
    }
    return [
        Change(label, said(report.changes[name][0]), said(report.changes[name][1]))
        for name, (label, said) in words.items()
        if name in report.changes
    ]


def _windows(kept: list[dict[str, Any]]) -> str:
    periods = [Period.from_json(one) for one in kept]
    return " / ".join(period(one.starts_at, one.ends_at) for one in periods if not one.spare)


def _moment(kept: str | None) -> str:
    return datetime_zone(datetime.fromisoformat(kept)) if kept else ""
