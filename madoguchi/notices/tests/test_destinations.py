"""The life of a delivery address: the table of ``docs/delivery-addresses.md``, and what it does not say."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from madoguchi.accounts import limits
from madoguchi.accounts.links import LinkDead
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.lib.tokens import unseal
from madoguchi.notices import audience, mailings, register_address, unsubscribe
from madoguchi.notices.destinations import AddressInUse, Preferences, place, remove, slot_of
from madoguchi.notices.identity import follow_address
from madoguchi.notices.models import DestinationChange
from madoguchi.notices.register_address import ask_again, call_off, confirm, purge, register, resume
from madoguchi.notices.tests import make
from madoguchi.notices.tests.documented import table
from madoguchi.notices.tests.make import NOW

pytestmark = pytest.mark.django_db

ADDRESSES = {name: f"{name}@example.jp" for name in ("own", "old", "new", "third")}
AT_NIGHT = Preferences(hours=0b111)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def owner():
    return make.account("own")


def _slot(account, number):
    return slot_of(account, number)


def token(address):
    """What the newest link sent there ends in."""
    with_a_link = (register_address.RENDERER, register_address.RESUME_RENDERER)
    letter = Letter.objects.filter(address=address, mailing__renderer__in=with_a_link).latest("pk")
    assert letter.sealed
    return unseal(letter.sealed).split("/destinations/")[1].split("/")[0]


def _begin(owner, holds, waits):
    if holds != "–":
        name, state = holds.split()
        place(owner, slot=2, address=ADDRESSES[name], preferences=Preferences(), verified=True)
        if state == "paused":
            owner.destinations.update(state="paused", paused_at=timezone.now())
    if waits == holds.split()[0] and waits != "–":
        resume(owner, slot=2)
    elif waits != "–":
        register(owner, slot=2, address=ADDRESSES[waits], preferences=Preferences())


def _act(owner, act, clock):
    match act.split():
        case ["register", name]:
            register(owner, slot=2, address=ADDRESSES[name], preferences=AT_NIGHT)
        case ["press", *_]:
            confirm(token(_slot(owner, 2).change.address))
        case ["let", minutes, *_]:
            clock.shift(timedelta(minutes=int(minutes)))
        case ["change", *_]:
            there = _slot(owner, 2).destination.address
            assert register(owner, slot=2, address=there, preferences=AT_NIGHT) is None
            assert _slot(owner, 2).destination.hours == AT_NIGHT.hours
        case ["call", *_]:
            call_off(owner, slot=2)
        case ["delete"]:
            remove(owner, slot=2)
        case ["ask", "to", "resume"]:
            resume(owner, slot=2)
        case ["ask", *_]:
            ask_again(owner, slot=2)


@pytest.mark.parametrize(
    "row", table("## An address is confirmed by a mail", page="delivery-addresses")[1], ids=" ".join
)
def test_the_documented_life(row, owner, clock):
    holds, waits, acts, mail_to, then_holds, then_waits, receives = row
    _begin(owner, holds, waits)
    before = set(Letter.objects.values_list("pk", flat=True))
    for act in acts.split(", "):
        _act(owner, act, clock)
    names = {address: name for name, address in ADDRESSES.items()}
    slot = _slot(owner, 2)
    mailed = [names[letter.address] for letter in Letter.objects.exclude(pk__in=before)]
    assert mailed == ([] if mail_to == "–" else [mail_to])
    there = slot.destination
    assert (f"{names[there.address]} {there.state}" if there else "–") == then_holds
    assert (names[slot.change.address] if slot.change else "–") == then_waits
    service = make.service()
    make.follows(owner, service)
    make.trouble(service).publish(by=None, at=timezone.now())
    audience.write_letters(mailing_id=Mailing.objects.latest("pk").pk)
    due = Letter.objects.filter(mailing__renderer=mailings.REPORT).exclude(state="suppressed")
    assert [names[letter.address] for letter in due] == ([] if receives == "–" else [receives])


def _dead(link):
    with pytest.raises(LinkDead) as dead:
        confirm(link)
    return dead.value.why


def test_a_dead_link_says_why(owner, clock):
    register(owner, slot=1, address="a@example.jp", preferences=Preferences())
    first = token("a@example.jp")
    register(owner, slot=1, address="b@example.jp", preferences=Preferences())
    second = token("b@example.jp")
    assert (_dead(first), _dead("nonsense"), _dead("x\0")) == ("superseded", "", "")
    confirm(second)
    assert _dead(second) == "done"
    register(owner, slot=1, address="c@example.jp", preferences=Preferences())
    clock.shift(timedelta(minutes=30))
    assert _dead(token("c@example.jp")) == "expired"
    # A link of a closed ID is nobody's.
    register(owner, slot=1, address="d@example.jp", preferences=Preferences())
    owner.is_active = False
    owner.save()
    assert _dead(token("d@example.jp")) == ""


def test_an_address_is_once_in_an_id_and_may_be_in_two_ids(owner):
    register(owner, slot=1, address="a@example.jp", preferences=Preferences())
    with pytest.raises(AddressInUse):
        register(owner, slot=2, address="a@example.jp", preferences=Preferences())
    confirm(token("a@example.jp"))
    with pytest.raises(AddressInUse):
        register(owner, slot=3, address="a@example.jp", preferences=Preferences())
    other = make.account("other")
    register(other, slot=1, address="a@example.jp", preferences=Preferences())
    confirm(token("a@example.jp"))
    assert _slot(other, 1).destination.address == "a@example.jp"


@pytest.mark.usefixtures("clock")
def test_an_id_sends_three_links_a_day_to_an_address(owner, clock):
    for _ in range(3):
        register(owner, slot=1, address="mine@example.jp", preferences=Preferences())
        clock.shift(timedelta(minutes=10))
    with pytest.raises(limits.TooMany) as full:
        register(owner, slot=1, address="mine@example.jp", preferences=Preferences())
    assert full.value.wait == timedelta(hours=23, minutes=30)


@pytest.mark.usefixtures("clock")
def test_strangers_do_not_use_up_the_links_of_the_owner_and_learn_nothing(owner):
    def mailed(who, network):
        asked = register(who, slot=1, address="owner@example.jp", preferences=Preferences(), network=network)
        return asked is not None and asked.mailed

    stranger, accomplice, third = make.account("stranger"), make.account("accomplice"), make.account("third")
    for one in (stranger, accomplice):
        for _ in range(3):
            assert mailed(one, "203.0.113.0")
    # What comes from their network now is answered like any other, and not sent.
    assert not mailed(third, "203.0.113.0")
    # The owner, elsewhere, gets a link all the same.
    assert mailed(owner, "198.51.100.7")
    assert Letter.objects.filter(address="owner@example.jp").count() == 7


@pytest.mark.usefixtures("clock")
def test_an_address_gets_twelve_links_a_day_from_all_the_world():
    asked = [
        register(make.account(f"one{id}"), slot=1, address="v@example.jp", preferences=Preferences(), network=f"n{id}")
        for id in range(13)
    ]
    assert [change is not None and change.mailed for change in asked] == [True] * 12 + [False]


@pytest.mark.usefixtures("clock")
def test_an_id_asks_for_ten_links_an_hour(owner):
    for number in range(10):
        register(owner, slot=1, address=f"a{number}@example.jp", preferences=Preferences())
    with pytest.raises(limits.TooMany):
        register(owner, slot=1, address="b@example.jp", preferences=Preferences())


def test_what_waits_for_an_address_that_leaves_is_not_sent(owner):
    service = make.service()
    make.follows(owner, service)
    place(owner, slot=1, address="old@example.jp", preferences=Preferences(hours=1 << 3, outside="hold"), verified=True)
    make.trouble(service).publish(by=None, at=NOW)
    audience.write_letters(mailing_id=Mailing.objects.latest("pk").pk)
    assert Letter.objects.get().state == "held"
    remove(owner, slot=1)
    letter = Letter.objects.get()
    assert (letter.state, letter.reason, letter.address) == ("skipped", "removed", "old@example.jp")


def test_an_address_that_comes_back_takes_up_its_row_and_its_links(owner):
    service = make.service()
    row = place(owner, slot=1, address="old@example.jp", preferences=Preferences(), verified=True)
    link = unsubscribe.token_for(row, service=service, kind="work")
    place(owner, slot=1, address="new@example.jp", preferences=Preferences(), verified=True)
    with pytest.raises(unsubscribe.Damaged):
        unsubscribe.read(link)
    again = place(owner, slot=3, address="old@example.jp", preferences=Preferences(), verified=True)
    assert again.pk == row.pk
    assert unsubscribe.read(link).destination == row


def test_the_new_address_of_the_id_takes_the_slot_of_the_former_also_while_it_waits_elsewhere(owner):
    asked = Preferences(hours=1 << 9, outside="hold")
    former = place(owner, slot=1, address="own@example.jp", preferences=asked, verified=True)
    register(owner, slot=2, address="moved@example.jp", preferences=Preferences())
    waiting = token("moved@example.jp")
    follow_address(owner, "own@example.jp", "moved@example.jp")
    there = _slot(owner, 1).destination
    assert (there.address, there.hours, there.outside, there.state) == ("moved@example.jp", 1 << 9, "hold", "verified")
    assert _dead(waiting) == "superseded"
    former.refresh_from_db()
    assert former.state == "removed"


def test_changes_that_are_over_are_emptied_and_later_dropped(owner, clock):
    register(owner, slot=1, address="a@example.jp", preferences=Preferences())
    clock.shift(timedelta(hours=1))
    assert purge(now=timezone.now()) == 1
    change = DestinationChange.objects.get()
    assert (change.address, change.end) == ("", "expired")
    clock.shift(timedelta(days=91))
    purge(now=timezone.now())
    assert not DestinationChange.objects.exists()
