"""Every form of calendar that leaves the site, by itself and in a mail, read by the parser network teams use: it gets
back what was meant.

The parser (PyPI ``circuit-maintenance-parser``) needs an older icalendar than the site, so it has an environment of its
own, which ``tests/install-peers`` builds. All calendars are read by one process: starting it takes longer than reading.
"""

import json
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from madoguchi.delivery import compose, renderers
from madoguchi.notices import calendar, write
from madoguchi.notices.calendar import Party
from madoguchi.notices.content import Period
from madoguchi.notices.models import Notice
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW
from madoguchi.notices.withdraw import withdraw

pytestmark = pytest.mark.django_db
PEERS = Path(__file__).parent / "peers"
NIGHT = Period(starts_at=NOW + timedelta(hours=11), ends_at=NOW + timedelta(hours=15))
NEXT = Period(starts_at=NOW + timedelta(hours=35), ends_at=NOW + timedelta(hours=39))
SPARE = Period(starts_at=NOW + timedelta(hours=59), ends_at=NOW + timedelta(hours=63), spare=True)
CUSTOMERS = (Party("N000000001", ("C1", "C2")), Party("N000000002", ("C3",)))
Events = list[dict[str, Any]]


def publish(report: Any, *, after: timedelta = timedelta()) -> Notice:
    return Notice.objects.get(pk=report.publish(by=None, at=NOW + after).notice_id)


def begin(*windows: Period, **says: Any) -> Notice:
    about = {
        "title_ja": "光回線設備の更新工事。夜間に実施いたしますので、ご不便をおかけいたします",
        "title_en": "Renewal",
    }
    return publish(make.work(make.service(), notice=about, windows=windows or (NIGHT,), notify=False, **says))


def further(notice: Notice, **says: Any) -> Notice:
    content = write.further_content(notice)
    for name, value in {"body_ja": "続報です。", "notify": False, **says}.items():
        object.__setattr__(content, name, value)
    return publish(write.add_report(notice, content=content, by=None), after=timedelta(hours=notice.reports.count()))


def withdrawn(notice: Notice) -> Notice:
    withdraw(notice, reason_ja="誤り", notify=False, by=None)
    return Notice.objects.get(pk=notice.pk)


def forms() -> Iterator[tuple[str, Notice]]:
    yield "tentative", begin(state_after="tentative")
    yield "confirmed", begin(impact="outage")
    yield "rescheduled", further(begin(), windows=(NEXT,))
    yield "in process", further(begin(impact="reduced_redundancy"), state_after="in_progress")
    yield "completed", further(further(begin(), state_after="in_progress"), state_after="completed")
    yield "cancelled", further(begin(impact="none"), state_after="cancelled")
    yield "several windows", begin(NIGHT, NEXT)
    yield "spare", begin(NIGHT, SPARE)
    yield "taken back", further(begin(NIGHT, NEXT), windows=(NIGHT,))
    yield "withdrawn", withdrawn(begin())


# Of each form its events: status, window, sequence, impact.
MEANT: dict[str, list[tuple[str, Period, int, str]]] = {
    "tentative": [("TENTATIVE", NIGHT, 0, "DEGRADED")],
    "confirmed": [("CONFIRMED", NIGHT, 0, "OUTAGE")],
    "rescheduled": [("CONFIRMED", NEXT, 1, "DEGRADED")],
    "in process": [("IN-PROCESS", NIGHT, 1, "REDUCED-REDUNDANCY")],
    "completed": [("COMPLETED", NIGHT, 2, "DEGRADED")],
    "cancelled": [("CANCELLED", NIGHT, 1, "NO-IMPACT")],
    "several windows": [("CONFIRMED", NIGHT, 0, "DEGRADED"), ("CONFIRMED", NEXT, 0, "DEGRADED")],
    "spare": [("CONFIRMED", NIGHT, 0, "DEGRADED"), ("TENTATIVE", SPARE, 0, "DEGRADED")],
    "taken back": [("CONFIRMED", NIGHT, 1, "DEGRADED"), ("CANCELLED", NEXT, 1, "DEGRADED")],
    "withdrawn": [("CANCELLED", NIGHT, 1, "DEGRADED")],
}


def parsed(calendars: dict[str, str]) -> dict[str, Events]:
    python = PEERS / "calendar-venv" / "bin" / "python"
    assert python.exists(), "build it with tests/install-peers"
    done = subprocess.run(  # noqa: S603 - our own script
        [python, PEERS / "parse_calendars.py"],
        input=json.dumps(calendars),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Events] = json.loads(done.stdout)
    return found


@pytest.fixture
def notices(monkeypatch: pytest.MonkeyPatch) -> dict[str, Notice]:
    numbered = iter(range(100))
    service = make.service
    monkeypatch.setattr(make, "service", lambda: service(f"hikari-{next(numbered)}"))
    return dict(forms())


def as_text(notice: Notice, parties: tuple[Party, ...]) -> str:
    return calendar.calendar_for([(notice, parties)], name="工事のご案内", url="https://example.jp/").decode()


def as_mail(notice: Notice, parties: tuple[Party, ...], language: str) -> str:
    """The mail of the last report, or of the withdrawal, to who asks for the calendar."""
    report = notice.latest_report
    assert report is not None
    gone = notice.withdrawn_at is not None
    name, reference = ("notices.withdrawal", notice.pk) if gone else ("notices.report", report.pk)
    written = "\n".join("\t".join((party.account, *party.objects)) for party in parties if party != calendar.PUBLIC)
    slots = dict.fromkeys(("service", "token", "box", "contracts", "thread", "there"), "")
    engine = {compose.TO: "noc@example.jp", compose.DATE: "Sun, 22 Nov 2026 14:05:00 +0900"}
    made = compose.compose(
        renderers.render(name, str(reference), language, "calendar"), language=language, feedback_id="1"
    )
    return made.splice({**slots, **engine, "parties": written}).decode("ascii")


def test_the_parser_gets_back_what_was_meant(notices: dict[str, Notice]) -> None:
    assert notices.keys() == MEANT.keys()
    texts = {}
    for name, notice in notices.items():
        for language in ("ja", "en"):
            with override(language):
                texts[f"public {language} {name}"] = as_text(notice, (calendar.PUBLIC,))
                texts[f"private {language} {name}"] = as_text(notice, CUSTOMERS)
            texts[f"public mail {language} {name}"] = as_mail(notice, (calendar.PUBLIC,), language)
            texts[f"private mail {language} {name}"] = as_mail(notice, CUSTOMERS, language)
    found = parsed(texts)
    assert found.keys() == texts.keys()
    for name, notice in notices.items():
        for language in ("ja", "en"):
            slugs = tuple(notice.services.values_list("slug", flat=True))
            for form in ("", "mail "):
                _compare(found[f"public {form}{language} {name}"], notice, name, (Party("public", slugs),))
                _compare(found[f"private {form}{language} {name}"], notice, name, CUSTOMERS)
    assert "光回線設備の更新工事" in found["private ja confirmed"][0]["summary"]
    assert "光回線設備の更新工事" in found["private mail ja confirmed"][0]["summary"]
    assert found["private en confirmed"][0]["summary"].endswith("Renewal")


def _compare(events: Events, notice: Notice, name: str, parties: tuple[Party, ...]) -> None:
    expected = [(place, *meant, party) for place, meant in enumerate(MEANT[name], 1) for party in parties]
    assert len(events) == len(expected), name
    for event, (place, status, window, sequence, impact, party) in zip(events, expected, strict=True):
        whose = "" if party.account == "public" else f"-{party.account}"
        assert event["provider"] == "aoba.example"
        assert event["account"] == party.account
        assert event["maintenance_id"] == notice.number
        assert event["status"] == status, name
        assert (event["start"], event["end"]) == (_stamp(window.starts_at), _stamp(window.ends_at)), name
        assert event["sequence"] == sequence, name
        assert event["uid"] == f"{notice.number}-{place}{whose}@aoba.example"
        assert event["stamp"] == _stamp(notice.withdrawn_at or notice.last_published_at)
        assert event["circuits"] == [{"circuit_id": each, "impact": impact} for each in party.objects], name


def _stamp(at: datetime | None) -> int:
    assert at is not None
    return int(at.timestamp())  # calendars know whole seconds
