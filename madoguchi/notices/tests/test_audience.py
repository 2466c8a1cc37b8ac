"""Who gets a report and what becomes of each: the rules of ``docs/notices.md`` one by one."""

from datetime import timedelta
from itertools import pairwise

import pytest
from procrastinate.contrib.django import app as procrastinate
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.notices import audience, unsubscribe
from madoguchi.notices.hands import Hands
from madoguchi.notices.models import Destination, Subscription
from madoguchi.notices.tests import make
from madoguchi.notices.tests.documented import table
from madoguchi.notices.tests.make import NOW

pytestmark = pytest.mark.django_db


def _publish(report, **written):
    report = report.publish(by=None, at=NOW)
    mailing = Mailing.objects.get(reference=str(report.pk))
    audience.write_letters(mailing_id=mailing.pk, **written)
    return mailing


def _outcomes(mailing):
    return dict(mailing.letters.values_list("address", "state"))


def test_followers_of_the_service_get_it_once_at_each_address():
    service, other = make.service("a"), make.service("b")
    hanako, jiro = make.account("hanako"), make.account("jiro")
    for followed in (service, other):
        make.follows(hanako, followed)
    make.follows(jiro, make.service("c"))
    make.reads(hanako)
    make.reads(hanako, slot=2)
    make.reads(jiro)
    mailing = _publish(make.trouble(service, other))
    assert _outcomes(mailing) == {"hanako@example.jp": "queued", "slot2.hanako@example.jp": "queued"}
    assert set(mailing.letters.values_list("personal__service", flat=True)) == {service.name_ja}


def test_only_the_kinds_asked_for():
    service = make.service()
    hanako = make.account("hanako")
    make.follows(hanako, service, work=False)
    make.reads(hanako)
    assert _outcomes(_publish(make.work(service))) == {}
    assert _outcomes(_publish(make.trouble(service))) == {"hanako@example.jp": "queued"}


def test_running_it_again_adds_nothing_and_it_goes_on_from_its_checkpoint():
    service = make.service()
    for number in range(25):
        person = make.account(f"person{number}")
        make.follows(person, service)
        make.reads(person)
    make.trouble(service).publish(by=None, at=NOW)
    mailing = Mailing.objects.get()
    first = Destination.objects.order_by("pk")[9].account_id
    # A worker was killed after the first ten.
    with Hands(1) as hand:
        assert audience._write_ranges(mailing.pk, audience._of_mailing(mailing), ends=[first], hands=hand)
    mailing.refresh_from_db()
    assert (mailing.letters.count(), mailing.checkpoint) == (10, first)
    audience.write_letters(mailing_id=mailing.pk, batch=7)
    mailing.refresh_from_db()
    assert (mailing.letters.count(), mailing.checkpoint) == (25, None)
    audience.write_letters(mailing_id=mailing.pk)
    Mailing.objects.update(checkpoint=0)
    audience.write_letters(mailing_id=mailing.pk)
    assert mailing.letters.count() == 25


def test_the_job_that_publishing_deferred_writes_the_letters():
    service = make.service()
    hanako = make.account("hanako")
    make.follows(hanako, service)
    make.reads(hanako)
    make.trouble(service).publish(by=None, at=NOW)
    job = ProcrastinateJob.objects.get(task_name="notices.write_letters")
    procrastinate.tasks[job.task_name].func(**job.args)
    assert _outcomes(Mailing.objects.get()) == {"hanako@example.jp": "queued"}


def test_a_cancelled_mailing_gets_no_letters():
    service = make.service()
    hanako = make.account("hanako")
    make.follows(hanako, service)
    make.reads(hanako)
    report = make.trouble(service).publish(by=None, at=NOW)
    Mailing.objects.get().cancel()
    audience.write_letters(mailing_id=Mailing.objects.get(reference=str(report.pk)).pk)
    assert not Letter.objects.exists()


@pytest.mark.parametrize("row", table("## Who gets a report")[1], ids=" ".join)
def test_the_documented_outcomes(row):
    inside, severity, critical_always, outside, outcome = row
    service = make.service()
    hanako = make.account("hanako")
    make.follows(hanako, service)
    # NOW is a Sunday, 14:05.
    ticked = {"days": 1, "hours": 1 << (14 if inside == "yes" else 20)}
    make.reads(hanako, **ticked, outside=outside, critical_always=critical_always == "yes")
    report = make.trouble(service, severity=severity)
    assert report.audience_outlook(at=NOW)[outcome] == 1
    letter = _publish(report).letters.get()
    assert letter.state == outcome
    assert letter.reason == ("outside_hours" if outcome == "skipped" else "")
    assert letter.due_at == (NOW.replace(hour=20, minute=0) if outcome == "held" else NOW)


def test_hours_are_those_of_the_readers_own_clock():
    service = make.service()
    tokyo, new_york = make.account("tokyo"), make.account("newyork", time_zone="America/New_York")
    for person in (tokyo, new_york):
        make.follows(person, service)
        make.reads(person, hours=1 << 14)
    # 14:05 in Tokyo is 0:05 in New York.
    assert _outcomes(_publish(make.trouble(service))) == {
        "tokyo@example.jp": "queued",
        "newyork@example.jp": "skipped",
    }


def test_a_zone_nobody_knows_stops_no_mailing():
    service = make.service()
    hanako = make.account("hanako", time_zone="Mars/Olympus")
    make.follows(hanako, service)
    make.reads(hanako, hours=1 << 14)
    assert _outcomes(_publish(make.trouble(service))) == {"hanako@example.jp": "queued"}


def test_a_mobile_phone_gets_the_short_form_and_everybody_their_language():
    service = make.service()
    hanako, bob = make.account("hanako"), make.account("bob", language="en")
    for person in (hanako, bob):
        make.follows(person, service)
    make.reads(hanako, device="mobile")
    make.reads(bob)
    letters = _publish(make.trouble(service)).letters.order_by("address")
    assert [(letter.language, letter.format) for letter in letters] == [("en", "full"), ("ja", "short")]
    assert letters[0].personal["service"] == service.name_en


def test_the_outlook_counts_ids_and_addresses():
    service = make.service()
    hanako = make.account("hanako")
    make.follows(hanako, service)
    make.reads(hanako)
    make.reads(hanako, slot=2, hours=0)
    assert make.trouble(service).audience_outlook(at=NOW + timedelta(minutes=1)) == {
        "customers": 1,
        "addresses": 2,
        "queued": 1,
        "held": 0,
        "skipped": 1,
        "suppressed": 0,
    }


def test_who_opted_out_or_is_paused_gets_a_row_that_says_so():
    service, other = make.service("a"), make.service("b")
    hanako = make.account("hanako")
    for followed in (service, other):
        make.follows(hanako, followed)
    first, second = make.reads(hanako), make.reads(hanako, slot=2)
    make.reads(hanako, slot=3, state="paused")
    # The first wants nothing of either service any more, the second nothing of the one.
    for destination, refused in ((first, service), (first, other), (second, service)):
        unsubscribe.fulfil(unsubscribe.read(unsubscribe.token_for(destination, service=refused, kind="trouble")))
    report = make.trouble(service, other)
    outlook = report.audience_outlook(at=NOW)
    letters = _publish(report).letters.order_by("address")
    assert [(letter.address, letter.state, letter.reason) for letter in letters] == [
        ("hanako@example.jp", "suppressed", "opted_out"),
        ("slot2.hanako@example.jp", "queued", ""),
        ("slot3.hanako@example.jp", "suppressed", "paused"),
    ]
    assert letters[1].personal["service"] == other.name_ja
    assert {letter.finished_at for letter in letters} == {NOW, None}
    assert (outlook["addresses"], outlook["queued"], outlook["suppressed"]) == (3, 1, 2)


def test_a_removed_address_leaves_no_row():
    service = make.service()
    hanako = make.account("hanako")
    make.follows(hanako, service)
    make.reads(hanako, state="removed")
    assert _outcomes(_publish(make.trouble(service))) == {}


def test_who_moves_to_a_zone_nobody_was_in_is_judged_by_the_operators():
    service = make.service()
    hanako = make.account("hanako")
    make.follows(hanako, service)
    make.reads(hanako, hours=1 << 14)
    make.trouble(service).publish(by=None, at=NOW)
    mailing = Mailing.objects.get()
    parameters = audience._of_mailing(mailing)
    Account.objects.update(time_zone="Europe/Paris")
    with Hands(1) as hand:
        audience._write_ranges(mailing.pk, parameters, ends=[audience._END], hands=hand)
    assert _outcomes(mailing) == {"hanako@example.jp": "queued"}


def test_the_ranges_of_many_are_about_equally_long(monkeypatch):
    monkeypatch.setattr(audience, "_COUNTED", 50)
    service = make.service()
    people = Account.objects.bulk_create(Account(email=f"p{n}@example.jp", password="!") for n in range(2000))
    Subscription.objects.bulk_create(Subscription(account=person, service=service) for person in people)
    asked = {"services": [service.pk]}
    ends = audience._ends_of_ranges(asked, after=0, batch=400)
    assert ends == sorted(set(ends))
    lengths = [sum(begin < person.pk <= end for person in people) for begin, end in pairwise([0, *ends])]
    assert sum(lengths) == 2000
    assert all(200 < length < 600 for length in lengths[:-1])
    assert audience._ends_of_ranges(asked, after=ends[1], batch=400)[-1] == ends[-1]
