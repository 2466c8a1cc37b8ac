"""Letters written on several connections at the same time: real transactions, and hands that die."""

from collections import Counter
from contextlib import nullcontext
from itertools import count

import pytest
from django.db import OperationalError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.delivery.models import Letter, Mailing
from madoguchi.notices import audience
from madoguchi.notices.models import Destination
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 30


@pytest.fixture
def mailing(monkeypatch):
    monkeypatch.setattr(audience, "_TURNS", 2)  # so that few people are several steps of the checkpoint
    service = make.service()
    for number in range(PEOPLE):
        person = make.account(f"p{number}")
        make.follows(person, service)
        make.reads(person)
    make.trouble(service).publish(by=None, at=NOW)
    return Mailing.objects.get()


def _assert_each_has_one_letter(mailing):
    mailing.refresh_from_db()
    assert mailing.checkpoint is None
    assert Counter(mailing.letters.values_list("address", flat=True)) == {
        f"p{number}@example.jp": 1 for number in range(PEOPLE)
    }


def test_several_hands_write_each_letter_once(mailing):
    audience.write_letters(mailing_id=mailing.pk, batch=4, hands=3)
    _assert_each_has_one_letter(mailing)


def _dying(at: set[int]):
    """What writes a range, but the server ends the connections that come to one of these numbers: at an odd one before
    it has written, at an even one after."""
    numbers = count(1)
    execute = audience._execute

    def write(statement, parameters):
        number = next(numbers)
        if number in at and number % 2:
            _die()
        execute(statement, parameters)
        if number in at:
            _die()

    return write


def _die():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@settings(max_examples=10)
@given(
    deaths=st.lists(st.sets(st.integers(1, 10), min_size=1, max_size=3), max_size=3),
    hands=st.integers(1, 4),
    batch=st.integers(2, 12),
)
def test_whatever_hand_dies_nothing_is_lost_and_nothing_twice(mailing, deaths, hands, batch):
    Letter.objects.all().delete()
    Mailing.objects.update(checkpoint=0)
    for at in deaths:
        before = Mailing.objects.get().checkpoint
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(audience, "_execute", _dying(at))
            try:
                audience.write_letters(mailing_id=mailing.pk, batch=batch, hands=hands)
            except OperationalError:
                connection.close()
        # The checkpoint never passes a range that is not written.
        mailing.refresh_from_db()
        reached = mailing.checkpoint if mailing.checkpoint is not None else audience._END
        assert reached >= (before or 0)
        written = set(mailing.letters.values_list("address", flat=True))
        assert written >= set(Destination.objects.filter(account_id__lte=reached).values_list("address", flat=True))
    audience.write_letters(mailing_id=mailing.pk, batch=batch, hands=hands)
    _assert_each_has_one_letter(mailing)


def test_a_mailing_that_is_cancelled_between_two_ranges_gets_no_more(mailing, monkeypatch):
    write = audience._write_ranges

    def once(*args, **options):
        going_on = write(*args, **options)
        mailing.cancel()
        return going_on

    monkeypatch.setattr(audience, "_write_ranges", once)
    audience.write_letters(mailing_id=mailing.pk, batch=2, hands=2)
    assert 0 < mailing.letters.count() < PEOPLE
    assert set(mailing.letters.values_list("state", flat=True)) == {"skipped"}


def test_a_hand_waits_for_no_disk_but_the_checkpoint_does():
    def shown(within):
        cursor.execute("CREATE TABLE seen (how text)")
        with within:
            audience._execute("INSERT INTO seen SELECT current_setting('synchronous_commit')", {})
        cursor.execute("SELECT how, current_setting('synchronous_commit') FROM seen")
        found = cursor.fetchone()
        cursor.execute("DROP TABLE seen")
        return found

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
        assert shown(nullcontext()) == ("off", "on")
        assert shown(transaction.atomic()) == ("on", "on")
        cursor.execute("RESET synchronous_commit")
