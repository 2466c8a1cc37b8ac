"""How a report reads: its facts as labelled lines, in the language in force. Mail and console's preview share it."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, override, pgettext

from madoguchi.catalog.regions import BY_CODE
from madoguchi.notices import lifecycle
from madoguchi.notices.content import Period
from madoguchi.notices.models import Notice, Report
from madoguchi.shell import languages
from madoguchi.shell.templatetags.shell import date_long, datetime_zone, in_language_plain

# What a line of a mail is not broken within: 00:08, T-2026-000045, a word; with the marks that may not begin a line.
_WHOLE = re.compile(
    r"(?:[!-~]+|\S)[、。，．・：；！？）］〕」』】〉》…〜ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ]*\s*|\s+"
)


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    label: str
    text: str

    @property
    def line(self) -> str:
        """As plain text; several windows each on a line of their own."""
        if "\n" in self.text:
            return gettext("%(label)s:") % {"label": self.label} + f"\n{self.text}"
        return gettext("%(label)s: %(text)s") % {"label": self.label, "text": self.text}

    @property
    def is_urgent(self) -> bool:
        """Whether it stands on the first screen of a phone: when, and how bad."""
        return self.name in {"windows", "started", "ended", "expected", "impact"}


def subject(notice: Notice, number: str) -> str:
    """What a notice is called for its whole life: 【工事】W-2026-000123 設備の更新工事."""
    mark = gettext("[Work] ") if notice.kind == lifecycle.Kind.WORK else gettext("[Trouble] ")
    return f"{mark}{number} {in_language_plain(notice, 'title')}"


def moment(at: datetime, *, zone: ZoneInfo | None = None) -> str:
    """A moment on the operator's clock, or on that of ``zone``, with its zone."""
    with timezone.override(zone or ZoneInfo(settings.TIME_ZONE)):
        return datetime_zone(at)


def window(period: Period, *, zone: ZoneInfo | None = None) -> str:
    """2026年11月23日（月）01:00〜05:00 JST; the second date too where it differs."""
    with timezone.override(zone or ZoneInfo(settings.TIME_ZONE)):
        begins, ends = timezone.localtime(period.starts_at), timezone.localtime(period.ends_at)
        english = languages.current() == "en"
        comma, dash = (", ", "–") if english else ("", "〜")
        last_day = "" if begins.date() == ends.date() else f"{date_long(ends)}{comma}"
        said = f"{date_long(begins)}{comma}{begins:%H:%M}{dash}{last_day}{ends:%H:%M %Z}"
    return gettext("%(window)s (spare)") % {"window": said} if period.spare else said


def listed(names: list[str]) -> str:
    """あおば光、あおば電話 / Aoba Hikari, Aoba Phone."""
    return (", " if languages.current() == "en" else "、").join(names)


def facts(report: Report) -> list[Fact]:
    """What, where, when and how bad, in the order a reader needs it; only what is known."""
    services = [in_language_plain(service, "name") for service in report.notice.services.all()]
    regions = [in_language_plain(BY_CODE[code], "name") for code in report.notice.regions if code in BY_CODE]
    found = [
        Fact("services", gettext("Affected services"), listed(services)),
        *_times(report),
        Fact("impact", gettext("Impact"), str(Report.Impact(report.impact).label)),
        Fact("regions", gettext("Affected regions"), listed(regions)),
        *_meanwhile(report),
        *_next_report(report),
    ]
    return [fact for fact in found if fact.text]


def _meanwhile(report: Report) -> list[Fact]:
    """What holds while the trouble lasts; after it, what held."""
    calls, instead = gettext("Emergency calls (110, 118, 119)"), pgettext("trouble", "What you can do")
    if report.ended_at or report.state_after == lifecycle.State.FALSE_ALARM:
        calls = gettext("Emergency calls (110, 118, 119) until the end")
        instead = gettext("What to use instead until the end")
    return [
        Fact("emergency_calls", calls, _text(report, "emergency_calls")),
        Fact("alternatives", instead, _text(report, "alternatives")),
    ]


def on_the_clock_of(zone: ZoneInfo, report: Report) -> str:
    """When things happen on a reader's own clock, a line each and one before them; nothing where it shows what the
    operator's does."""
    home = ZoneInfo(settings.TIME_ZONE)
    final = [] if report.is_final else [report.next_report_due]
    times = [each for period in report.periods for each in (period.starts_at, period.ends_at)]
    times += [at for at in (report.started_at, report.ended_at, report.expected_end, *final) if at]
    if all(at.astimezone(zone).utcoffset() == at.astimezone(home).utcoffset() for at in times):
        return ""
    found = [*_times(report, zone=zone), *([] if report.is_final else _next_report(report, zone=zone))]
    lines = [fact.line for fact in found if fact.text and fact.name != "before"]
    return "\n".join([gettext("In your time zone"), *lines, ""])


def _next_report(report: Report, *, zone: ZoneInfo | None = None) -> list[Fact]:
    if not report.next_report_due:
        return []
    due = gettext("By %(time)s") % {"time": moment(report.next_report_due, zone=zone)}
    return [Fact("next_report", gettext("Next report"), due)]


def _times(report: Report, *, zone: ZoneInfo | None = None) -> list[Fact]:
    work = report.notice.kind == lifecycle.Kind.WORK
    return _work_times(report, zone=zone) if work else _trouble_times(report, zone=zone)


def _work_times(report: Report, *, zone: ZoneInfo | None) -> list[Fact]:
    def said(periods: Iterable[Period]) -> str:
        return "\n".join(window(period, zone=zone) for period in periods)

    found = [Fact("windows", gettext("Work period"), said(report.periods))]
    if "windows" in report.changes:
        before = sorted(map(Period.from_json, report.changes["windows"][0]), key=lambda p: (p.spare, p.starts_at))
        found.append(Fact("before", gettext("Period before the change"), said(before)))
    return found


def _trouble_times(report: Report, *, zone: ZoneInfo | None) -> list[Fact]:
    times = [
        ("started", gettext("Trouble since"), report.started_at),
        ("ended", gettext("Recovered at"), report.ended_at),
        ("expected", gettext("Recovery expected"), None if report.ended_at else report.expected_end),
    ]
    return [Fact(name, label, moment(at, zone=zone)) for name, label, at in times if at]


def _text(report: Report, field: str) -> str:
    return in_language_plain(report, field).strip()


def own_contracts(language: str) -> str:
    """What stands before the numbers of the reader's own contracts."""
    with override(language):
        return gettext("Your contracts concerned: ")


def columns(text: str) -> int:
    """The width of ``text`` in half-width columns (full-width characters take two)."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def wrapped(text: str, *, width: int) -> str:
    """``text`` with lines of at most ``width`` half-width columns.

    Lines with an address stay as they are. Words, numbers and times are broken only where they alone are too long; no
    line begins with a mark that ends a phrase.
    """
    return "\n".join(piece for line in text.splitlines() for piece in _pieces(line.rstrip(), width=width))


def _pieces(line: str, *, width: int) -> list[str]:
    if columns(line) <= width or "://" in line:
        return [line]
    pieces, piece = [], ""
    for whole in _WHOLE.findall(line):
        for part in [whole] if columns(whole.rstrip()) <= width else whole:
            if piece and columns(piece + part.rstrip()) > width:
                pieces.append(piece.rstrip())
                piece = ""
            piece += part if piece else part.lstrip()
    return [*pieces, piece.rstrip()] if piece.strip() else pieces
