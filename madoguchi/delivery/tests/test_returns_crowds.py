"""A domain that calls many of its addresses unknown at once: whose fault it is, and what is spared then."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from unittest.mock import AsyncMock

import pytest
import time_machine
from django.utils import timezone

from madoguchi.delivery.engine.tally import Tally
from madoguchi.delivery.jobs import forget_returns, judge_refusals
from madoguchi.delivery.models import DomainCount, DomainHold, Letter, Mailing, Return, Suppression
from madoguchi.delivery.returns import path, rules, suppression, take
from madoguchi.delivery.tests import returned
from madoguchi.delivery.tests.test_returns_refused import finished

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "delivery-addresses.md"
BROKEN, OTHER = "broken.example", "other.example"


def rows() -> list[list[str]]:
    lines = DOCUMENT.read_text(encoding="utf-8").split("| unknown |", 1)[1].split("\n\n")[0].split("\n")[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize(("unknown", "letters", "took_before", "it_is"), rows())
def test_whose_fault_it_is_is_the_tables(unknown, letters, took_before, it_is):
    broken = rules.directory_broken(unknown=int(unknown), letters=int(letters), took_before=int(took_before))
    assert broken == (it_is == "the domain")


def people(mailing: Callable[..., Mailing], number: int, *, domain: str = BROKEN, **fields) -> Mailing:
    """A mailing to so many at the domain, each a recipient with a key and address of their own."""
    made = mailing(number, **fields)
    for letter in made.letters.all():
        Letter.objects.filter(pk=letter.pk).update(
            address=f"u{letter.recipient_key}@{domain}", recipient_key=f"destination:{domain}:{letter.recipient_key}"
        )
    return made


def took_it(mailing, number: int, *, domain: str = BROKEN) -> None:
    """Some time ago all of them took a letter."""
    at = timezone.now() - timedelta(days=3)
    people(mailing, number, domain=domain, state="sent", due_at=at, finished_at=at)


def judged(minutes: int = 0) -> None:
    """The job's next run, and the one after."""
    for later in (minutes, minutes + 1):
        with time_machine.travel(timezone.now() + timedelta(minutes=later), tick=True):
            judge_refusals(timestamp=0)


def stopped() -> int:
    return Suppression.objects.open().count()


@pytest.mark.django_db(transaction=True)
def test_a_directory_that_breaks_pauses_nobody_and_its_letters_arrive_when_it_is_mended(
    receiver, mailing, work, settings
):
    settings.ALARM_ADDRESS = "duty@aoba.example"
    took_it(mailing, 25)
    receiver.mode(f"unknown @{BROKEN}")
    made = people(mailing, 25)
    others = people(mailing, 5, domain=OTHER)
    work(receiver.url, lambda: finished(made)() and finished(others)(), poll=0.1)
    assert made.progress() == {"failed": 25}
    counted = DomainCount.objects.values_list("domain", "accepted", "refused")
    assert set(counted) == {(BROKEN, 0, 25), (OTHER, 5, 0)}, "a worker that ends tells of the few, too"
    judged()
    assert stopped() == 0
    hold = DomainHold.objects.get()
    assert (hold.domain, hold.addresses, hold.letters) == (BROKEN, 25, 25)
    assert hold.until - hold.since == timedelta(hours=24)
    assert set(Return.objects.values_list("weight", flat=True)) == {"held"}
    judged(2)
    assert Mailing.objects.filter(renderer="delivery.domain_held").count() == 1, "staff are told once"
    # Still broken: it is asked by one letter after another, and in peace between.
    made.refresh_from_db()
    assert (made.progress(), made.finished_at) == ({"queued": 25}, None)
    made.letters.update(due_at=timezone.now())
    work(receiver.url, lambda: made.letters.filter(tries=1, leased_until=None).exists(), connections=1, batch=3)
    assert made.progress() == {"queued": 25}
    assert made.letters.filter(tries=1).count() < 10
    # Mended.
    receiver.mode("")
    made.letters.update(due_at=timezone.now())
    work(receiver.url, finished(made))
    assert made.progress() == {"sent": 25}
    judged(3)
    assert stopped() == 0
    mails = [mail for mail in receiver.mails() if "duty@aoba.example" in mail["To"]]
    assert BROKEN in mails[0]["Subject"]
    assert len(mails) == 1


@pytest.mark.django_db(transaction=True)
def test_dead_addresses_among_many_that_live_are_paused(receiver, mailing, work):
    took_it(mailing, 60)
    receiver.mode("unknown u1")
    made = people(mailing, 60)  # 1, 10 to 19: eleven of sixty
    work(receiver.url, finished(made), poll=0.1)
    judged()
    assert stopped() == 11
    assert not DomainHold.objects.exists()
    assert set(Return.objects.values_list("weight", flat=True)) == {"counts"}


@pytest.mark.django_db(transaction=True)
def test_addresses_that_never_took_a_letter_are_paused(receiver, mailing, work):
    receiver.mode(f"unknown @{BROKEN}")
    made = people(mailing, 12)
    work(receiver.url, finished(made), poll=0.1)
    judge_refusals(timestamp=0)
    assert set(Return.objects.values_list("weight", flat=True)) == {"waiting"}
    assert stopped() == 0
    judged()
    assert stopped() == 12
    assert made.progress() == {"failed": 12}


def bounce(made: Mailing) -> None:
    for letter in made.letters.order_by("pk"):
        raw = returned.dsn(to=letter.address) + b"%d\n" % letter.pk
        take.mail(raw, to=path.return_path(letter.pk).decode(), source=Return.Source.LMTP)


@pytest.mark.django_db
def test_bounces_that_come_one_by_one_are_taken_back_when_it_was_the_domain(mailing):
    took_it(mailing, 20)
    now = timezone.now()
    bounce(people(mailing, 20, state="sent", due_at=now, finished_at=now))
    assert stopped() == 9, "until then it looked like the addresses"
    judged()
    assert stopped() == 0
    assert Suppression.objects.filter(note="").count() == 0
    assert Letter.objects.filter(state="bounced").count() == 20, "they were taken over once"
    assert DomainHold.objects.get().letters == 0
    # What comes during the day does not count either, nor later.
    bounce(people(mailing, 1, state="sent", due_at=now, finished_at=now))
    assert stopped() == 0


@pytest.mark.django_db
def test_after_a_day_the_domain_is_believed(mailing):
    took_it(mailing, 15)
    now = timezone.now()
    bounce(people(mailing, 15, state="sent", due_at=now, finished_at=now))
    judged()
    assert stopped() == 0
    with time_machine.travel(now + timedelta(hours=25), tick=True):
        later = timezone.now()
        bounce(people(mailing, 15, state="sent", due_at=later, finished_at=later))
        judged()
        assert stopped() == 15, "they did not take the letter before"
        assert DomainHold.objects.count() == 1
        assert suppression.standing(f"u3@{BROKEN}")


@pytest.mark.django_db
def test_it_is_forgotten(mailing):
    now = timezone.now()
    DomainCount.objects.create(begin=now, domain=BROKEN, accepted=1, refused=0)
    DomainHold.objects.create(domain=BROKEN, since=now, until=now, addresses=10)
    forget_returns(timestamp=int((now + timedelta(days=3)).timestamp()))
    assert (DomainCount.objects.count(), DomainHold.objects.count()) == (0, 1)
    forget_returns(timestamp=int((now + timedelta(days=181)).timestamp()))
    assert not DomainHold.objects.exists()


def test_few_letters_are_not_worth_a_row():
    link = AsyncMock()
    tally = Tally()
    for _ in range(9):
        tally.accepted("a@small.example")
    asyncio.run(tally.tell(link))
    assert not link.get.called
    tally.refused("b@SMALL.example")
    tally.accepted("b@small.example")
    asyncio.run(tally.tell(link))
    assert link.get.return_value.execute.call_args.args[1] == [["small.example"], [10], [0]]
