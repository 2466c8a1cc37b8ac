"""Pausing, resuming, cancelling and retrying a mailing, as rows: what the engine makes of it is its tests' matter."""

from datetime import timedelta

import pytest
from django.utils import timezone

from madoguchi.delivery.models import GroupPause, Letter, Mailing, RelayState

pytestmark = pytest.mark.django_db


def failed(made: Mailing, reasons: list[str]) -> None:
    for number, reason in enumerate(reasons):
        made.letters.filter(recipient_key=str(number)).update(
            state="failed", reason=reason, tries=4, finished_at=timezone.now()
        )


def test_a_paused_mailing_says_since_when_why_and_by_whom(mailing):
    made = mailing(2)
    assert made.pause(by="yamada@aoba.example")
    assert (made.state, made.paused_reason, made.paused_by) == ("paused", "operator", "yamada@aoba.example")
    assert made.paused_at is not None
    assert not made.pause(reason="failures"), "it is paused already, and stays so for the first reason"
    assert made.resume()
    assert (made.state, made.paused_reason, made.paused_at, made.paused_by) == ("open", "", None, "")
    assert made.resumed_at is not None
    assert not made.resume()


def test_what_is_over_cannot_be_paused(mailing):
    made = mailing(1)
    Mailing.objects.filter(pk=made.pk).update(finished_at=timezone.now())
    assert not made.pause()
    made.cancel()
    assert not made.pause()
    assert not made.resume()


def test_failed_letters_are_tried_again_unless_their_address_is_at_fault(mailing):
    made = mailing(6)
    failed(made, ["content", "expired", "no value for slot token", "refused", "address"])
    Mailing.objects.filter(pk=made.pk).update(finished_at=timezone.now())
    assert made.retry_failed() == 3
    assert made.finished_at is None
    assert set(made.letters.filter(state="queued").values_list("tries", "reason", "finished_at")) == {(0, "", None)}
    assert set(made.letters.filter(state="failed").values_list("reason", flat=True)) == {"refused", "address"}
    assert made.retry_failed() == 0


@pytest.mark.parametrize("why", ["expired", "cancelled", "single"])
def test_nothing_is_tried_again_that_must_not_be_sent(mailing, why):
    made = mailing(3)
    failed(made, ["content"] * 3)
    if why == "expired":
        Mailing.objects.filter(pk=made.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    elif why == "cancelled":
        made.cancel()
    else:
        Mailing.objects.filter(pk=made.pk).update(single=True)
    assert made.retry_failed() == 0
    assert not Letter.objects.exclude(state="failed").exists()


def test_what_a_worker_said_long_ago_is_not_current():
    said = RelayState.objects.create(worker="a/1", relay="relay:25", state="well")
    GroupPause.objects.create(worker="a/1", group="docomo", until=timezone.now())
    assert (RelayState.objects.current().count(), GroupPause.objects.current().count()) == (1, 1)
    RelayState.objects.filter(pk=said.pk).update(seen_at=timezone.now() - timedelta(minutes=1))
    assert not RelayState.objects.current().exists()
