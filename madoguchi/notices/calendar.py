"""Planned work as calendars (RFC 5545) with the MAINTNOTE properties, which network teams' own tools read.

One VEVENT a window and customer. ``docs/notices.md`` has the rules and the worked table which the tests read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, timedelta

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vDatetime, vDuration, vText

from madoguchi.notices import wording
from madoguchi.notices.content import Period
from madoguchi.notices.lifecycle import State
from madoguchi.notices.models import Notice, Report
from madoguchi.shell import languages
from madoguchi.shell.templatetags.shell import in_language_plain

MEDIA_TYPE = "text/calendar; charset=utf-8"
# How often a program should ask for a feed again.
REFRESH = timedelta(minutes=15)
# MAINTNOTE's words; a spare window is never more than tentative.
STATUS = {
    State.TENTATIVE: "TENTATIVE",
    State.CONFIRMED: "CONFIRMED",
    State.IN_PROGRESS: "IN-PROCESS",
    State.COMPLETED: "COMPLETED",
    State.CANCELLED: "CANCELLED",
}
# RFC 5545 knows three for an event.
_RFC_STATUS = {"TENTATIVE": "TENTATIVE", "CANCELLED": "CANCELLED"}
IMPACT = {
    Notice.Impact.OUTAGE: "OUTAGE",
    Notice.Impact.DEGRADED: "DEGRADED",
    Notice.Impact.REDUCED_REDUNDANCY: "REDUCED-REDUNDANCY",
    Notice.Impact.NONE: "NO-IMPACT",
}


@dataclass(frozen=True, slots=True)
class Party:
    """Whose event it is: a customer's number, and their contracts that the work touches."""

    account: str
    objects: tuple[str, ...] = ()


# Everybody's: the objects are the services.
PUBLIC = Party("public")


@dataclass(frozen=True, slots=True)
class Entry:
    """One window of a notice for its whole life. ``place`` is its number among the windows, main ones first."""

    place: int
    period: Period
    status: str


def entries(notice: Notice) -> list[Entry]:
    """A window that a later report took back stays, cancelled: a calendar that has it must be told so."""
    reports = sorted(notice.published_reports, key=lambda report: report.ordinal or 0)
    latest = reports[-1].periods
    found = []
    for place in range(max(len(report.periods) for report in reports)):
        period = [report.periods[place] for report in reports if place < len(report.periods)][-1]
        found.append(Entry(place + 1, period, _status(notice, period) if place < len(latest) else "CANCELLED"))
    return found


def calendar(notices: Iterable[Notice], *, name: str, url: str) -> bytes:
    """The public calendar of ``notices``, see :func:`calendar_for`."""
    return calendar_for(((notice, (PUBLIC,)) for notice in notices), name=name, url=url)


def calendar_for(work: Iterable[tuple[Notice, tuple[Party, ...]]], *, name: str, url: str) -> bytes:
    """The windows of notices (published work, with ``reports`` and ``services`` prefetched), one event a window and
    party, in the language in force: CRLF lines folded at 75 bytes, UTF-8.
    """
    made = Calendar()
    made.add("prodid", f"-//{settings.OPERATOR['domain']}//Madoguchi//{languages.current().upper()}")
    made.add("version", "2.0")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("url", url)
    made.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vText("PT15M"))
    for notice, parties in work:
        for entry in entries(notice):
            for party in parties:
                made.add_component(_event(notice, entry, party))
    return bytes(made.to_ical())


def _event(notice: Notice, entry: Entry, party: Party) -> Event:
    report = notice.latest_report
    assert report is not None  # noqa: S101 - published
    # A withdrawal is the last word.
    published = notice.withdrawn_at or report.published_at
    sequence = (report.ordinal or 1) - 1 + (notice.withdrawn_at is not None)
    event = Event()
    whose = "" if party == PUBLIC else f"-{party.account}"
    event.add("uid", f"{notice.number}-{entry.place}{whose}@{settings.OPERATOR['domain']}")
    event.add("sequence", sequence)
    event.add("dtstamp", vDatetime(published.astimezone(UTC)))  # type: ignore[union-attr]
    event.add("created", notice.first_published_at.astimezone(UTC))  # type: ignore[union-attr]
    event.add("last-modified", published.astimezone(UTC))  # type: ignore[union-attr]
    event.add("dtstart", entry.period.starts_at.astimezone(UTC))
    event.add("dtend", entry.period.ends_at.astimezone(UTC))
    event.add("summary", wording.subject(notice, notice.number or ""))
    event.add("description", _description(report))
    event.add("url", f"{settings.SITE_URL}{languages.in_language(f'/notices/{notice.number}/', languages.current())}")
    event.add("status", _RFC_STATUS.get(entry.status, "CONFIRMED"))
    event.add("transp", "TRANSPARENT")
    organizer = vCalAddress(f"mailto:{settings.MAIL_FROM_NOTICES}")
    organizer.params["cn"] = vText(settings.OPERATOR[f"name_{languages.current()}"])
    event["organizer"] = organizer
    _add_maintnote(event, notice, entry, party)
    return event


def _add_maintnote(event: Event, notice: Notice, entry: Entry, party: Party) -> None:
    impact = IMPACT[Notice.Impact(notice.impact)]
    event.add("x-maintnote-provider", settings.OPERATOR["domain"])
    event.add("x-maintnote-account", party.account)
    event.add("x-maintnote-maintenance-id", notice.number)
    for touched in party.objects or [service.slug for service in notice.services.all()]:
        event.add("x-maintnote-object-id", touched, parameters={"X-MAINTNOTE-OBJECT-IMPACT": impact})
    event.add("x-maintnote-impact", impact)
    event.add("x-maintnote-status", entry.status)


def _status(notice: Notice, period: Period) -> str:
    if notice.withdrawn_at is not None:
        return "CANCELLED"
    status = STATUS[State(notice.state)]
    return "TENTATIVE" if period.spare and status == "CONFIRMED" else status


def _description(report: Report) -> str:
    facts = "\n".join(fact.line for fact in wording.facts(report))
    return f"{in_language_plain(report, 'body').strip()}\n\n{facts}"
