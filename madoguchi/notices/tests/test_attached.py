"""The work calendar that comes with work mails: who gets it, and what stands in it."""

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from django.db import IntegrityError
from icalendar import Calendar

from madoguchi.contracts.models import Contract, Customer, CustomerLink
from madoguchi.contracts.tests.household import Household, contract, household, service
from madoguchi.delivery import compose, renderers
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.notices import attached, audience, calendar, digest, own_calendar, write
from madoguchi.notices.calendar import PUBLIC, Party
from madoguchi.notices.content import Period
from madoguchi.notices.models import AffectedContract, Notice, Report
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW
from madoguchi.notices.withdraw import withdraw

pytestmark = pytest.mark.django_db
STRICT = SMTP.clone(raise_on_defect=True)
LATER = Period(starts_at=NOW + timedelta(days=3), ends_at=NOW + timedelta(days=3, hours=4))


@pytest.fixture
def people() -> dict[str, Any]:
    made = {name: make.account(name) for name in ("alice", "bob", "charlie")}
    for person in made.values():
        make.reads(person, with_calendar=True)
        make.follows(person, service())
    return made


@pytest.fixture
def contracts(people: dict[str, Any]) -> Household:
    return household(holder=people["alice"], colleague=people["bob"])


def _publish(report: Report, *named: str, at: Any = NOW) -> Report:
    AffectedContract.objects.bulk_create(AffectedContract(notice=report.notice, contract_number=one) for one in named)
    report = report.publish(by=None, at=at)
    _written()
    return report


def _written() -> None:
    for mailing in Mailing.objects.filter(checkpoint__isnull=False):
        audience.write_letters(mailing_id=mailing.pk)


def _further(report: Report, **says: Any) -> Report:
    content = write.further_content(report.notice)
    for name, value in {"body_ja": "続報です。", **says}.items():
        object.__setattr__(content, name, value)
    return _publish(write.add_report(report.notice, content=content, by=None), at=NOW + timedelta(hours=1))


def _letter(address: str = "alice@example.jp", *, renderer: str = "notices.report") -> Letter:
    return Letter.objects.filter(address=address, mailing__renderer=renderer).latest("mailing_id")


def _mail(letter: Letter) -> EmailMessage:
    draft = renderers.render(letter.mailing.renderer, letter.mailing.reference, letter.language, letter.format)
    engine = {compose.TO: letter.address, compose.DATE: "Sun, 22 Nov 2026 14:05:00 +0900"}
    raw = compose.compose(draft, language=letter.language, feedback_id="1").splice({**letter.personal, **engine})
    return message_from_bytes(raw, policy=STRICT)


def _parts(letter: Letter) -> list[EmailMessage]:
    return [part for part in _mail(letter).walk() if part.get_content_type() == "text/calendar"]


def _events(letter: Letter) -> list[Any]:
    [part] = _parts(letter)
    return list(Calendar.from_ical(part.get_content()).events)


def test_each_reads_of_their_own_contracts_alone(contracts: Household) -> None:
    other = Customer.objects.create(number="N987654321", name="別の会社")
    contract(other, "C100000009")
    _publish(make.work(service()), "C100000001", "C100000002", "C100000009")
    said = {address: _letter(f"{address}@example.jp").personal["parties"] for address in ("alice", "bob", "charlie")}
    assert said == {
        "alice": "N123456789\tC100000001\tC100000002",
        "bob": "N123456789\tC100000002",
        "charlie": "",
    }
    [hers], [theirs], [public] = (_events(_letter(f"{name}@example.jp")) for name in said)
    assert hers["x-maintnote-account"] == theirs["x-maintnote-account"] == "N123456789"
    assert hers["x-maintnote-object-id"] == ["C100000001", "C100000002"]
    assert theirs["x-maintnote-object-id"] == "C100000002"
    assert (public["x-maintnote-account"], public["x-maintnote-object-id"]) == ("public", service().slug)
    assert b"C10000000" not in _mail(_letter("charlie@example.jp")).as_bytes()


def test_it_says_what_the_calendar_of_ones_own_says(contracts: Household, people: dict[str, Any]) -> None:
    second = Customer.objects.create(number="N200000000", name="支店")
    contract(second, "C200000001")
    ended = contract(second, "C200000002")
    Contract.objects.filter(pk=ended.pk).update(ended_on="2026-11-21")
    CustomerLink.objects.create(account=people["alice"], customer=second, role=CustomerLink.Role.HOLDER)
    _publish(make.work(service()))
    for name, person in people.items():
        [(notice, parties)] = own_calendar.work_of(person, at=NOW)
        feed = Calendar.from_ical(calendar.calendar_for([(notice, parties)], name="工事", url="https://aoba.example/"))
        mailed = _events(_letter(f"{name}@example.jp"))
        assert [event.to_ical() for event in mailed] == [event.to_ical() for event in feed.events]
    assert {event["x-maintnote-account"] for event in _events(_letter())} == {"N123456789", "N200000000"}


def test_it_is_one_part_to_be_opened_beside_the_texts(contracts: Household) -> None:
    report = _publish(make.work(service()))
    mail = _mail(_letter())
    assert mail.get_content_type() == "multipart/mixed"
    texts, part = mail.iter_parts()
    assert texts.get_content_type() == "multipart/alternative"
    assert part["Content-Type"] == 'text/calendar; charset="UTF-8"'
    assert part["Content-Transfer-Encoding"] == "base64"
    assert (part.get_content_disposition(), part.get_filename()) == ("attachment", f"{report.notice.number}.ics")
    lines = part.get_content().encode().split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert lines[0] == b"BEGIN:VCALENDAR"
    # A name would make programs set up a calendar of its own; a method would make them answer.
    assert not [line for line in lines if line.startswith((b"METHOD", b"NAME", b"X-WR-CALNAME", b"REFRESH"))]


def test_who_does_not_ask_and_trouble_and_phones_get_none(people: dict[str, Any]) -> None:
    people["bob"].destinations.update(with_calendar=False)
    people["charlie"].destinations.update(with_calendar=False, device="mobile")
    _publish(make.work(service()))
    formats = {name: _letter(f"{name}@example.jp").format for name in people}
    assert formats == {"alice": "calendar", "bob": "full", "charlie": "short"}
    assert "parties" not in _letter("bob@example.jp").personal
    _publish(make.trouble(service()))
    assert (_letter().format, "parties" in _letter().personal) == ("full", False)
    with pytest.raises(IntegrityError):
        people["charlie"].destinations.update(with_calendar=True)


def test_a_mail_has_the_work_as_its_own_report_left_it(contracts: Household) -> None:
    first = _publish(make.work(service()))
    _further(first, windows=(LATER,))
    was, moved = Letter.objects.filter(address="alice@example.jp").order_by("mailing_id")
    [before], [after] = _events(was), _events(moved)
    assert before["uid"] == after["uid"] == f"{first.notice.number}-1-N123456789@aoba.example"
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert after.decoded("dtstart") == LATER.starts_at
    assert before.decoded("dtstart") == first.notice.reports.get(ordinal=1).periods[0].starts_at
    Letter.objects.filter(state="queued").update(state="sent")
    withdraw(Notice.objects.get(pk=first.notice_id), reason_ja="誤り", notify=True, by=None)
    _written()
    [gone] = _events(_letter(renderer="notices.withdrawal"))
    assert (gone["uid"], gone["sequence"], gone["x-maintnote-status"]) == (after["uid"], 2, "CANCELLED")
    assert _events(moved)[0]["x-maintnote-status"] == "CONFIRMED"


def test_a_digest_has_one_calendar_of_all_its_work(people: dict[str, Any], contracts: Household) -> None:
    people["alice"].destinations.update(hours=1 << 20, outside="hold")
    works = [_publish(make.work(service()), "C100000001"), _publish(make.work(service()), "C100000002")]
    _publish(make.trouble(service()))
    digest.release_held(at=NOW.replace(hour=20, minute=0))
    letter = _letter(renderer="notices.digest")
    [part] = _parts(letter)
    assert part.get_filename() == "work.ics"
    assert {(event["x-maintnote-maintenance-id"], event["x-maintnote-object-id"]) for event in _events(letter)} == {
        (works[0].notice.number, "C100000001"),
        (works[1].notice.number, "C100000002"),
    }


def test_a_digest_of_trouble_alone_has_none(people: dict[str, Any]) -> None:
    people["alice"].destinations.update(hours=1 << 20, outside="hold")
    for _ in range(2):
        _publish(make.trouble(service()))
    digest.release_held(at=NOW.replace(hour=20, minute=0))
    assert (_letter(renderer="notices.digest").format, _parts(_letter(renderer="notices.digest"))) == ("full", [])


@pytest.mark.parametrize("language", ["ja", "en"])
def test_of_too_many_contracts_there_is_none_and_no_word_of_one(
    contracts: Household, monkeypatch: pytest.MonkeyPatch, people: dict[str, Any], language: str
) -> None:
    type(people["alice"]).objects.update(language=language)
    monkeypatch.setattr(attached, "MOST_OBJECTS", 1)
    _publish(make.work(service()))
    assert (_parts(_letter()), _letter().format) == ([], "full")
    assert not _speaks_of_a_calendar(_letter())
    assert len(_events(_letter("bob@example.jp"))) == 1
    assert _speaks_of_a_calendar(_letter("bob@example.jp"))


def test_a_digest_whose_calendar_would_not_have_all_its_work_has_none(
    people: dict[str, Any], contracts: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    people["alice"].destinations.update(hours=1 << 20, outside="hold")
    monkeypatch.setattr(attached, "MOST_OBJECTS", 1)
    for number in ("C100000001", "C100000002"):
        _publish(make.work(service()), number)
    assert {letter.format for letter in Letter.objects.filter(address="alice@example.jp")} == {"calendar"}
    digest.release_held(at=NOW.replace(hour=20, minute=0))
    letter = _letter(renderer="notices.digest")
    assert (letter.format, _parts(letter), _speaks_of_a_calendar(letter)) == ("full", [], False)


def _speaks_of_a_calendar(letter: Letter) -> bool:
    bodies = [_mail(letter).get_body((kind,)) for kind in ("plain", "html")]
    said = [body is not None and (".ics" in body.get_content()) for body in bodies]
    assert len(set(said)) == 1
    return said[0]


def test_parties_are_read_as_they_are_written() -> None:
    assert attached.parties("N1\tC1\tC2\nN2\tC3") == (Party("N1", ("C1", "C2")), Party("N2", ("C3",)))
    assert attached.parties("") == (PUBLIC,)
