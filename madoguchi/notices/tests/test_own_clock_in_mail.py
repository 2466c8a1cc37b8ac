"""Who lives by another clock than the operator's reads the times of a report on that one too."""

import pytest

from madoguchi.contracts.tests.household import service
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.notices import audience, mailings
from madoguchi.notices.mail import draft
from madoguchi.notices.models import Report
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW
from madoguchi.notices.withdraw import withdraw

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _people() -> None:
    zones = {"alice": "Asia/Tokyo", "bob": "Asia/Kolkata", "charlie": "Asia/Seoul", "nobody": "Europe/Nowhere"}
    for name, zone in zones.items():
        person = make.account(name, time_zone=zone, language="en" if name == "bob" else "ja")
        make.reads(person)
        make.follows(person, service())


def _there(renderer: str) -> dict[str, str]:
    """What the letters of the newest mailing of this kind say, by name."""
    mailing = Mailing.objects.filter(renderer=renderer).latest("pk")
    audience.write_letters(mailing_id=mailing.pk)
    return {letter.address.partition("@")[0]: letter.personal["there"] for letter in mailing.letters.all()}


def _published(report: Report) -> Report:
    return report.publish(by=None, at=NOW)


def test_the_period_of_work_on_the_readers_clock():
    _published(make.work(service()))
    said = _there(mailings.REPORT)
    assert said.pop("bob") == "In your time zone\nWork period: 22 Nov 2026, 21:30–23 Nov 2026, 01:30 IST\n"
    assert set(said.values()) == {""}, "Seoul's clock shows what Tokyo's does"


def test_the_times_of_trouble_in_japanese():
    eve = make.account("eve", time_zone="America/New_York")
    make.reads(eve)
    make.follows(eve, service())
    _published(make.trouble(service(), started_at=NOW, next_report_due=NOW.replace(hour=NOW.hour + 1)))
    lines = _there(mailings.REPORT)["eve"].splitlines()
    assert lines[0] == "お客さまの時間帯では"
    assert [line.partition("：")[0] for line in lines[1:]] == ["発生日時", "次の報"]
    assert all(" EST" in line for line in lines[1:])


def test_a_withdrawal_repeats_no_times():
    notice = _published(make.work(service())).notice
    _there(mailings.REPORT)
    Letter.objects.update(state=Letter.State.SENT, finished_at=NOW)
    withdraw(notice, by=None, reason_ja="誤りでした。", reason_en="It was wrong.", notify=True)
    assert set(_there(mailings.WITHDRAWAL).values()) == {""}


def test_a_letter_shows_them_below_the_facts():
    report = _published(make.work(service()))
    said = draft(report, "en", "full")
    assert said.text.index("Work period") < said.text.index("\ue000there\ue001") < said.text.index(report.body_en)
    assert said.html
    assert "\ue000there\ue001" in said.html
