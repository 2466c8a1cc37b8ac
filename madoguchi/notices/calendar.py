"""Planned work as calendars (RFC 5545) with the MAINTNOTE properties, which network teams' own tools read.

One VEVENT a window and customer. ``docs/notices.md`` has the rules and the worked table which the tests read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vDatetime, vDuration, vText
from icalendar.parser import Contentline

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

_EVENT_ENDS, _CALENDAR_ENDS = b"END:VEVENT\r\n", b"END:VCALENDAR\r\n"


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


@dataclass(frozen=True, slots=True)
class Stand:
    """A notice (published work) as ``report`` left it, or as its withdrawal did."""

    report: Report
    withdrawn_at: datetime | None = None

    @classmethod
    def now(cls, notice: Notice) -> "Stand":
        report = notice.latest_report
        assert report is not None  # noqa: S101 - published
        return cls(report, notice.withdrawn_at)

    @property
    def notice(self) -> Notice:
        return self.report.notice

    @property
    def told_at(self) -> datetime:
        """A withdrawal is the last word."""
        at = self.withdrawn_at or self.report.published_at
        assert at is not None  # noqa: S101 - published
        return at.astimezone(UTC)

    @property
    def sequence(self) -> int:
        return (self.report.ordinal or 1) - 1 + (self.withdrawn_at is not None)

    def entries(self) -> list[Entry]:
        """A window that a later report took back stays, cancelled: a calendar that has it must be told so."""
        known = [one for one in self.notice.published_reports if (one.ordinal or 0) <= (self.report.ordinal or 0)]
        found = []
        for place in range(max(len(report.periods) for report in known)):
            period = next(report.periods[place] for report in known if place < len(report.periods))
            stands = place < len(self.report.periods)
            found.append(Entry(place + 1, period, self._status(period) if stands else "CANCELLED"))
        return found

    def _status(self, period: Period) -> str:
        if self.withdrawn_at is not None:
            return "CANCELLED"
        status = STATUS[State(self.report.state_after)]
        return "TENTATIVE" if period.spare and status == "CONFIRMED" else status


@dataclass(frozen=True, slots=True)
class Sheet:
    """The windows of a notice, in one language, with all that does not depend on whose events they are.

    ``windows``: what a window's UIDs begin with, and the lines of its event.
    """

    windows: tuple[tuple[str, bytes], ...]
    services: tuple[str, ...]
    impact: str

    @classmethod
    def of(cls, stand: Stand) -> "Sheet":
        """In the language in force."""
        notice = stand.notice
        windows = tuple(
            (f"{notice.number}-{entry.place}", _event(stand, entry).to_ical().removesuffix(_EVENT_ENDS))
            for entry in stand.entries()
        )
        services = tuple(service.slug for service in notice.services.all())
        return cls(windows, services, IMPACT[Notice.Impact(stand.report.impact)])

    def events(self, parties: Iterable[Party]) -> bytes:
        """One for each window and party: CRLF lines folded at 75 bytes, UTF-8."""
        done = []
        for begins, shared in self.windows:
            for party in parties:
                whose = "" if party == PUBLIC else f"-{party.account}"
                done += [shared, _line("UID", f"{begins}{whose}@{settings.OPERATOR['domain']}"), self._whose(party)]
                done.append(_EVENT_ENDS)
        return b"".join(done)

    def _whose(self, party: Party) -> bytes:
        named = f"X-MAINTNOTE-OBJECT-ID;X-MAINTNOTE-OBJECT-IMPACT={self.impact}"
        account = _line("X-MAINTNOTE-ACCOUNT", party.account)
        return account + b"".join(_line(named, touched) for touched in party.objects or self.services)


def calendar(notices: Iterable[Notice], *, name: str, url: str) -> bytes:
    """The public calendar of ``notices``, see :func:`calendar_for`."""
    return calendar_for(((notice, (PUBLIC,)) for notice in notices), name=name, url=url)


def calendar_for(work: Iterable[tuple[Notice, tuple[Party, ...]]], *, name: str, url: str) -> bytes:
    """The windows of notices (published work, with ``reports`` and ``services`` prefetched), one event a window and
    party, in the language in force, for a program that asks again and again.
    """
    made = _empty()
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("url", url)
    made.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vText("PT15M"))
    events = (Sheet.of(Stand.now(notice)).events(parties) for notice, parties in work)
    return b"".join([made.to_ical().removesuffix(_CALENDAR_ENDS), *events, _CALENDAR_ENDS])


def single() -> tuple[bytes, bytes]:
    """What stands before and after the events of a calendar that is taken over once, in the language in force: it has
    no name, for which programs would set up a calendar of its own."""
    return _empty().to_ical().removesuffix(_CALENDAR_ENDS), _CALENDAR_ENDS


def _empty() -> Calendar:
    made = Calendar()
    made.add("prodid", f"-//{settings.OPERATOR['domain']}//Madoguchi//{languages.current().upper()}")
    made.add("version", "2.0")
    return made


def _event(stand: Stand, entry: Entry) -> Event:
    """All of it but whose it is."""
    notice = stand.notice
    event = Event()
    event.add("sequence", stand.sequence)
    event.add("dtstamp", vDatetime(stand.told_at))
    event.add("created", notice.first_published_at.astimezone(UTC))  # type: ignore[union-attr]
    event.add("last-modified", stand.told_at)
    event.add("dtstart", entry.period.starts_at.astimezone(UTC))
    event.add("dtend", entry.period.ends_at.astimezone(UTC))
    event.add("summary", wording.subject(notice, notice.number or ""))
    event.add("description", _description(stand.report))
    event.add("url", f"{settings.SITE_URL}{languages.in_language(f'/notices/{notice.number}/', languages.current())}")
    event.add("status", _RFC_STATUS.get(entry.status, "CONFIRMED"))
    event.add("transp", "TRANSPARENT")
    organizer = vCalAddress(f"mailto:{settings.MAIL_FROM_NOTICES}")
    organizer.params["cn"] = vText(settings.OPERATOR[f"name_{languages.current()}"])
    event["organizer"] = organizer
    event.add("x-maintnote-provider", settings.OPERATOR["domain"])
    event.add("x-maintnote-maintenance-id", notice.number)
    event.add("x-maintnote-impact", IMPACT[Notice.Impact(stand.report.impact)])
    event.add("x-maintnote-status", entry.status)
    return event


def _line(name: str, text: str) -> bytes:
    if not (text.isascii() and text.replace("-", "").isalnum()):
        folded = Contentline(f"{name}:{vText(text).to_ical().decode()}").to_ical()  # type: ignore[no-untyped-call]
        return bytes(folded) + b"\r\n"
    # Nearly all are, thousands of contracts of one customer too, and then nothing is to be escaped or weighed.
    line = f"{name}:{text}".encode()
    return b"\r\n ".join(line[start : start + 74] for start in range(0, len(line), 74)) + b"\r\n"


def _description(report: Report) -> str:
    facts = "\n".join(fact.line for fact in wording.facts(report))
    return f"{in_language_plain(report, 'body').strip()}\n\n{facts}"
