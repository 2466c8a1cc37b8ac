"""The one statement against a plain reading of the rules of ``docs/notices.md``, on random people."""

import random
from datetime import date

import pytest

from madoguchi.accounts.models import Account
from madoguchi.contracts.models import Contract, Customer, CustomerLink
from madoguchi.delivery.models import Mailing
from madoguchi.notices import audience, hours
from madoguchi.notices.models import ALL_DAYS, ALL_HOURS, OptOut, Subscription
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW, TOKYO

pytestmark = pytest.mark.django_db

OUTCOMES = ("queued", "held", "skipped", "suppressed")


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
                state=rng.choice(["verified", "verified", "verified", "paused", "removed"]),
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
        for destination in account.destinations.exclude(state="removed") if wanted else ():
            silenced = set(
                account.opt_outs.filter(
                    address=destination.address, kind=notice.kind, undone_at__isnull=True
                ).values_list("service_id", flat=True)
            )
            if destination.state == "paused":
                yield destination.address, "suppressed", "paused", NOW
                continue
            if all(subscription.service_id in silenced for subscription in wanted):
                yield destination.address, "suppressed", "opted_out", NOW
                continue
            ticked, zone = (destination.days, destination.hours), hours.zone_named(account.time_zone)
            opening = hours.next_opening(*ticked, at=NOW, zone=zone)
            if hours.is_open(*ticked, at=NOW, zone=zone) or (
                destination.critical_always and report.severity == "critical"
            ):
                yield destination.address, "queued", "", NOW
            elif destination.outside == "hold" and opening:
                yield destination.address, "held", "", opening
            else:
                yield destination.address, "skipped", "outside_hours", NOW


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
        mailing = Mailing.objects.get(reference=str(report.publish(by=None, at=NOW).pk))
        audience.write_letters(mailing_id=mailing.pk, batch=rng.choice([5, 40, 50_000]))
        written = sorted(mailing.letters.values_list("address", "state", "reason", "due_at"))
        assert written == expected
        due += len(expected)
        states = [state for _, state, _, _ in expected]
        assert outlook["addresses"] == len(expected)
        assert {name: outlook[name] for name in OUTCOMES} == {name: states.count(name) for name in OUTCOMES}
    assert due > 20, "a world where nobody is due tests nothing"
