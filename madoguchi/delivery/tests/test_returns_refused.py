"""Letters refused while they are sent: judged as what comes back is, whoever dies in between."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from madoguchi.delivery.jobs import judge_refusals
from madoguchi.delivery.models import Letter, Mailing, Refusal, Return
from madoguchi.delivery.returns import refused, rules, suppression
from madoguchi.delivery.tests.test_rules import table

TO = "hanako@customer.example.jp"


@pytest.mark.parametrize(("answer", "kind"), table("the last answer"))
def test_what_an_answer_says_of_the_address_is_the_tables(answer, kind):
    said = rules.of_refusal(answer.strip("`"))
    assert (said[0] if said else "–") == kind


def finished(mailing: Mailing):
    return lambda: Mailing.objects.get(pk=mailing.pk).finished_at is not None


def reason(address: str) -> str:
    row = suppression.standing(address)
    return row.reason if row else ""


@pytest.mark.django_db(transaction=True)
def test_an_address_the_next_server_does_not_know_is_stopped(receiver, mailing, work):
    receiver.mode("unknown hanako")
    made = mailing(12)
    made.letters.filter(recipient_key="3").update(address=TO)
    work(receiver.url, finished(made))
    assert made.progress() == {"sent": 11, "failed": 1}
    letter = made.letters.get(recipient_key="3")
    assert Refusal.objects.get().pk == letter.pk, "recorded with the outcome"
    assert not reason(TO)
    judge_refusals(timestamp=0)
    row = Return.objects.get()
    assert (row.letter, row.kind, row.status, row.source) == (letter.pk, "hard", "5.1.1", "relay")
    assert row.words == "550 5.1.1 <•••> User unknown"
    assert reason(TO) == "hard"
    assert not Refusal.objects.exists()
    letter.refresh_from_db()
    assert (letter.state, letter.reason) == ("failed", "refused")
    judge_refusals(timestamp=0)
    assert Return.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", ["reject @", "policy @"])
def test_words_that_say_nothing_of_the_address_stop_nothing(receiver, mailing, work, mode):
    receiver.mode(mode)
    made = mailing(2)
    work(receiver.url, finished(made))
    assert made.progress() == {"failed": 2}
    assert not Refusal.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_full_mailbox_counts_once_a_letter_when_it_is_given_up(receiver, mailing, work):
    receiver.mode("overfull @")
    made = mailing(1, address=TO, expires=timedelta(seconds=30))
    work(receiver.url, finished(made))
    assert list(made.letters.values_list("state", "reason")) == [("failed", "expired")]
    assert refused.feed() == 1
    assert Return.objects.get().kind == "soft"
    assert not reason(TO)


def failed(days: float, reply: str) -> None:
    at = timezone.now() - timedelta(days=days)
    made = Mailing.objects.create(renderer="x", reference=str(days), lane=1, expires_at=timezone.now())
    letter = Letter.objects.create(
        mailing=made,
        recipient_key="destination:1",
        address=TO,
        language="ja",
        state="failed",
        reason="refused",
        reply=reply,
        due_at=at,
        finished_at=at,
    )
    Refusal.objects.create(pk=letter.pk)


@pytest.mark.django_db
def test_full_ones_stop_it_at_the_fifth_over_three_days_like_bounces():
    for days in (4, 3, 2, 1):
        failed(days, "552 5.2.2 Mailbox full")
    refused.feed()
    assert not reason(TO)
    failed(0, "552 5.2.2 Mailbox full")
    refused.feed()
    assert reason(TO) == "soft"


@pytest.mark.django_db
def test_dying_while_it_is_drawn_loses_nothing(monkeypatch):
    failed(0, "550 5.1.1 unknown")

    def away(*_args, **_options):
        raise DatabaseError("away")

    with monkeypatch.context() as patched:
        patched.setattr(suppression, "add", away)
        with pytest.raises(DatabaseError):
            refused.feed()
    assert Refusal.objects.exists()
    assert not Return.objects.exists()
    assert refused.feed() == 1
    assert reason(TO) == "hard"


@pytest.mark.django_db
def test_a_letter_that_is_queued_again_or_gone_says_nothing():
    failed(0, "550 5.1.1 unknown")
    Letter.objects.update(state="queued")
    Refusal.objects.create(pk=10**12)
    assert refused.feed() == 2
    assert not Return.objects.exists()
    assert not Refusal.objects.exists()
