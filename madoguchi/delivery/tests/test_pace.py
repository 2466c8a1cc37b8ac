"""How a mailing is getting on, and that watching it stays cheap."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from madoguchi.delivery import pace as paces
from madoguchi.delivery.models import Letter, Mailing, Reading
from madoguchi.delivery.pace import pace

pytestmark = pytest.mark.django_db


def counted() -> "CaptureQueriesContext":
    return CaptureQueriesContext(connection)


def scans(captured: CaptureQueriesContext) -> int:
    return sum("GROUP BY state, reason" in query["sql"] for query in captured)


def test_nothing_yet(mailing) -> None:
    found = pace(mailing(0))
    assert (found.total, found.share, found.rate, found.eta) == (0, 0, 0.0, None)


def test_every_state_is_counted_with_its_reasons(mailing) -> None:
    made = mailing(20)
    letters = list(made.letters.order_by("pk"))
    for letter, state in zip(letters, Letter.State.values, strict=False):
        Letter.objects.filter(pk=letter.pk).update(state=state, reason=f"why-{state}")
    found = pace(made)
    assert found.queued == 14
    assert found.retrying == 1
    assert [found.sent, found.held, found.skipped, found.failed, found.bounced, found.suppressed] == [1] * 6
    assert found.reasons["failed"] == {"why-failed": 1}
    assert (found.total, found.done, found.left, found.share) == (20, 5, 15, 25)
    assert found.by_state() == made.progress()


def test_rate_and_time_to_go_are_of_the_last_minute(mailing) -> None:
    made = mailing(100)
    ids = list(made.letters.order_by("pk").values_list("pk", flat=True))
    now = timezone.now()
    Letter.objects.filter(pk__in=ids[:30]).update(state="sent", finished_at=now - timedelta(minutes=5))
    Letter.objects.filter(pk__in=ids[30:70]).update(state="sent", finished_at=now - timedelta(seconds=20))
    found = pace(made)
    assert found.rate == pytest.approx(2, rel=0.2)
    assert found.eta == pytest.approx(15, rel=0.2)


def test_a_pause_does_not_slow_what_goes_on_after_it(mailing) -> None:
    made = mailing(100)
    ids = list(made.letters.order_by("pk").values_list("pk", flat=True))
    now = timezone.now()
    assert made.pause()
    assert made.resume()
    Mailing.objects.filter(pk=made.pk).update(resumed_at=now - timedelta(seconds=6))
    Letter.objects.filter(pk__in=ids[:20]).update(state="sent", finished_at=now - timedelta(seconds=50))
    Letter.objects.filter(pk__in=ids[20:60]).update(state="sent", finished_at=now - timedelta(seconds=5))
    found = pace(made)
    assert found.rate == pytest.approx(8, rel=0.2)
    assert found.eta == pytest.approx(5, rel=0.2)


def test_what_stands_still_has_no_time_to_go(mailing) -> None:
    made = mailing(3)
    made.letters.update(finished_at=None)
    assert pace(made).eta is None


def test_whoever_looks_within_two_seconds_sees_the_same_count(mailing) -> None:
    made = mailing(3)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        with counted() as captured:
            first = pace(made)
            made.letters.update(state="sent")
            assert pace(made) == first
        assert scans(captured) == 1
        clock.shift(3)
        assert pace(made).sent == 3


def test_counting_takes_at_most_a_tenth_of_the_time(mailing) -> None:
    made = mailing(3)
    pace(made)
    Reading.objects.update(took=1.5)
    made.letters.update(state="sent")
    with time_machine.travel(timezone.now() + timedelta(seconds=14), tick=False) as clock:
        assert pace(made).sent == 0
        clock.shift(2)
        assert pace(made).sent == 3


def test_a_finished_mailing_is_not_counted_again_and_again(mailing) -> None:
    made = mailing(3)
    made.letters.update(state="sent")
    made.finished_at = timezone.now() - timedelta(seconds=5)
    made.save()
    pace(made)
    made.letters.update(state="bounced")
    with time_machine.travel(timezone.now() + timedelta(minutes=9), tick=False) as clock:
        assert pace(made).bounced == 0
        clock.shift(120)
        assert pace(made).bounced == 3


@pytest.mark.django_db(transaction=True)
def test_while_one_counts_others_are_shown_the_last_count(mailing) -> None:
    made = mailing(3)
    pace(made)
    made.letters.update(state="sent")
    Reading.objects.update(taken_at=timezone.now() - timedelta(minutes=1))
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [paces._LOCK, made.pk])
            assert pace(made).sent == 0
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [paces._LOCK, made.pk])
    finally:
        other.close()
    assert pace(made).sent == 3
