"""How long mail waits, as ``/readyz`` says it."""

from datetime import timedelta

import pytest
from django.utils import timezone

pytestmark = pytest.mark.django_db


def test_readyz_says_how_long_mail_waits(client, mailing):
    assert client.get("/readyz").json()["mail_waiting_seconds"] == 0
    made = mailing(2)
    made.letters.update(due_at=timezone.now() - timedelta(minutes=5))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert 300 <= answer.json()["mail_waiting_seconds"] < 310


def test_letters_that_are_held_or_not_yet_due_or_paused_do_not_count(client, mailing):
    late = timezone.now() - timedelta(minutes=5)
    mailing(1).letters.update(due_at=timezone.now() + timedelta(minutes=5))
    mailing(1).letters.update(due_at=late, leased_until=timezone.now())
    mailing(1).letters.update(due_at=late, state="held")
    paused = mailing(1)
    paused.letters.update(due_at=late)
    paused.pause()
    assert client.get("/readyz").json()["mail_waiting_seconds"] == 0
