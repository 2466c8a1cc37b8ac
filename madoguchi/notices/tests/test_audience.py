"""The one statement against a plain reading of the rules of ``docs/notices.md``, and its outcomes one by one."""

import random
from datetime import date, timedelta

import pytest
from procrastinate.contrib.django import app as procrastinate
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.accounts.models import Account
from madoguchi.contracts.models import Contract, Customer, CustomerLink
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.notices import audience, hours
from madoguchi.notices.models import ALL_DAYS, ALL_HOURS, Destination, OptOut, Subscription
from madoguchi.notices.tests import make
from madoguchi.notices.tests.documented import table
from madoguchi.notices.tests.make import NOW, TOKYO

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
    report = make.trouble(service).publish(by=None, at=NOW)
    mailing = Mailing.objects.get()
    first = Destination.objects.order_by("pk").values_list("pk", flat=True)[9]
    # A worker was killed after the first ten.
    parameters = {**audience._parameters(report, at=NOW), **audience._thread(report)}
    assert audience._write_batch(mailing.pk, parameters, batch=first, last=2**40)
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


def test_a_held_letter_is_queued_when_its_hour_comes():
    service = make.service()
    hanako = make.account("hanako")
    make.follows(hanako, service)
    make.reads(hanako, hours=1 << 20, outside="hold")
    letters = _publish(make.trouble(service)).letters
    assert audience.release_held(at=NOW.replace(hour=19, minute=59)) == 0
    assert audience.release_held(at=NOW.replace(hour=20, minute=0)) == 1
    assert letters.get().state == "queued"


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


def _random_world(rng: random.Random) -> list:
    services = [make.service(f"s{n}") for n in range(4)]
    contracts = []
    for n in range(12):
        customer = Customer.objects.create(number=f"N{n:09}", name=f"c{n}")
        for m in range(2):
            contracts.append(
                Contract.objects.create(
                    number=f"C{n:03}{m}",
                    customer=customer,
                    service=rng.choice(services),
                    usage_kind="internet",
                    contact_phone="+819000000000",
                    started_on=date(2020, 1, 1),
                    ended_on=rng.choice([None, None, date(2026, 11, 21), date(2026, 11, 22)]),
                )
            )
    for n in range(40):
        person = make.account(
            f"p{n}",
            time_zone=rng.choice(["Asia/Tokyo", "America/New_York", "Asia/Kolkata", "nowhere"]),
            is_active=rng.random() > 0.1,
        )
        for service in rng.sample(services, rng.randint(0, 4)):
            make.follows(
                person,
                service,
                work=rng.random() > 0.3,
                trouble=rng.random() > 0.3,
                only_my_contracts=rng.random() < 0.4,
                regions=rng.choice([[], [], ["13"], ["27", "99"]]),
            )
        if rng.random() < 0.7:
            contract = rng.choice(contracts)
            role = rng.choice(["holder", "colleague"])
            link = CustomerLink.objects.create(account=person, customer=contract.customer, role=role)
            if role == "colleague" and rng.random() > 0.2:
                link.contracts.add(contract)
        for slot in range(1, rng.randint(1, 4)):
            make.reads(
                person,
                slot=slot,
                state=rng.choice(["verified", "verified", "verified", "paused"]),
                days=rng.choice([ALL_DAYS, rng.randint(0, ALL_DAYS)]),
                hours=rng.choice([ALL_HOURS, rng.randint(0, ALL_HOURS), 0]),
                outside=rng.choice(["skip", "hold"]),
                critical_always=rng.random() < 0.3,
            )
    for subscription in Subscription.objects.all():
        if rng.random() < 0.2:
            for destination in subscription.account.destinations.all()[: rng.randint(0, 2)]:
                OptOut.objects.create(
                    account=subscription.account,
                    address=destination.address,
                    service=subscription.service,
                    kind=rng.choice(["work", "trouble"]),
                    undone_at=rng.choice([None, None, NOW]),
                )
    return services


def _visible_contracts(account):
    for link in account.customer_links.all():
        shown = link.customer.contracts.all() if link.role == "holder" else link.contracts.all()
        yield from (c for c in shown if c.ended_on is None or c.ended_on >= NOW.astimezone(TOKYO).date())


def _wants(subscription, notice):
    if not getattr(subscription, notice.kind) or subscription.service not in notice.services.all():
        return False
    everywhere = not notice.regions or "00" in notice.regions
    if subscription.regions and not everywhere and not set(subscription.regions) & set(notice.regions):
        return False
    if not subscription.only_my_contracts:
        return True
    listed = set(notice.affected_contracts.values_list("contract_number", flat=True))
    mine = _visible_contracts(subscription.account)
    if listed:
        return any(contract.number in listed for contract in mine)
    return any(contract.service == subscription.service for contract in mine)


def _expected(report):
    """The rules, one after another, in plain Python."""
    notice = report.notice
    for account in Account.objects.filter(is_active=True):
        wanted = [s for s in account.subscriptions.all() if _wants(s, notice)]
        for destination in account.destinations.filter(state="verified"):
            silenced = set(
                account.opt_outs.filter(
                    address=destination.address, kind=notice.kind, undone_at__isnull=True
                ).values_list("service_id", flat=True)
            )
            if all(subscription.service_id in silenced for subscription in wanted):
                continue
            ticked, zone = (destination.days, destination.hours), hours.zone_named(account.time_zone)
            opening = hours.next_opening(*ticked, at=NOW, zone=zone)
            if hours.is_open(*ticked, at=NOW, zone=zone) or (
                destination.critical_always and report.severity == "critical"
            ):
                yield destination.address, "queued", NOW
            elif destination.outside == "hold" and opening:
                yield destination.address, "held", opening
            else:
                yield destination.address, "skipped", NOW


@pytest.mark.parametrize("seed", range(3))
def test_the_statement_says_what_the_rules_say_on_random_people(seed):
    rng = random.Random(seed)
    services = _random_world(rng)
    due = 0
    for n in range(5):
        about = {
            "regions": rng.choice([[], ["00"], ["13"], ["27"], ["99"], ["01", "13"]]),
            "contract_numbers": rng.choice(
                [(), tuple(rng.sample([f"C{c:03}{m}" for c in range(12) for m in (0, 1)], 5))]
            ),
        }
        draft = make.trouble if n % 2 else make.work
        report = draft(
            *rng.sample(services, rng.randint(1, 3)), notice=about, severity=rng.choice(["normal", "critical"])
        )
        expected = sorted(_expected(report))
        outlook = report.audience_outlook(at=NOW)
        mailing = _publish(report, batch=rng.choice([5, 40, 50_000]))
        written = sorted(mailing.letters.values_list("address", "state", "due_at"))
        assert written == expected
        due += len(expected)
        states = [state for _, state, _ in expected]
        assert outlook["addresses"] == len(expected)
        assert {name: outlook[name] for name in ("queued", "held", "skipped")} == {
            name: states.count(name) for name in ("queued", "held", "skipped")
        }
    assert due > 20, "a world where nobody is due tests nothing"


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
    }
