"""What the staff do, two of them at the same time too, and what goes when its time is over."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.delivery.models import Letter
from madoguchi.inquiries import converse, handle, jobs, letting_go
from madoguchi.inquiries.models import Inquiry, Message
from madoguchi.inquiries.tests import making


@pytest.fixture
def ann(db):
    return people.staff(StaffRole.SUPPORT)


@pytest.fixture
def ben(db):
    return people.staff(StaffRole.ADMINISTRATOR)


def last(inquiry: Inquiry) -> int:
    message = inquiry.messages.last()
    assert message is not None
    return message.pk


def test_the_life_of_an_inquiry(ann, ben):
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        inquiry = making.inquiry()
        begun = timezone.now()
        inquiry = handle.assign(inquiry, to=ann, instead_of=None)
        assert (inquiry.state, inquiry.waiting_since) == ("assigned", begun)
        handle.answer(inquiry, body="答え", by=ben, seen=last(inquiry))
        inquiry.refresh_from_db()
        assert (inquiry.state, inquiry.waiting_since, inquiry.assignee) == ("answered", None, ann)
        clock.shift(60)
        converse.write_further(inquiry, body="もう1つ")
        inquiry.refresh_from_db()
        assert (inquiry.state, inquiry.waiting_since) == ("assigned", timezone.now())
        inquiry = handle.close(inquiry)
        assert (inquiry.state, inquiry.closed_at) == ("closed", timezone.now())
        with pytest.raises(handle.IsClosed):
            handle.answer(inquiry, body="遅い", by=ann, seen=last(inquiry))
        with pytest.raises(handle.IsClosed):
            handle.assign(inquiry, to=ben, instead_of=ann.pk)
        inquiry = handle.reopen(inquiry)
        assert (inquiry.state, inquiry.closed_at) == ("assigned", None)
        inquiry = handle.assign(inquiry, to=None, instead_of=ann.pk)
        assert inquiry.state == "new"


def test_who_answers_what_is_nobodys_has_it(ann):
    inquiry = making.inquiry()
    handle.answer(inquiry, body="答え", by=ann, seen=last(inquiry))
    inquiry.refresh_from_db()
    assert inquiry.assignee == ann


def test_the_second_to_answer_is_shown_the_first_and_nothing_is_sent(ann, ben):
    inquiry = making.inquiry()
    seen = last(inquiry)
    handle.answer(inquiry, body="先の答え", by=ann, seen=seen)
    with pytest.raises(handle.Overtaken) as overtaken:
        handle.answer(inquiry, body="後の答え", by=ben, seen=seen)
    assert [message.body for message in overtaken.value.messages] == ["先の答え"]
    assert Letter.objects.filter(mailing__renderer="inquiries.answer").count() == 1


def test_a_further_message_while_answering_is_shown_first(ann):
    inquiry = making.inquiry()
    seen = last(inquiry)
    converse.write_further(inquiry, body="取り消します")
    with pytest.raises(handle.Overtaken):
        handle.answer(inquiry, body="答え", by=ann, seen=seen)


@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_the_same_moment_one_goes_out():
    ann, ben = people.staff(StaffRole.SUPPORT), people.staff(StaffRole.ADMINISTRATOR)
    inquiry = making.inquiry()
    seen, together, outcomes = last(inquiry), Barrier(2), []

    def press(by):
        try:
            together.wait(timeout=30)
            handle.answer(inquiry, body=f"答え {by.pk}", by=by, seen=seen)
            outcomes.append("sent")
        except handle.Overtaken:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [Thread(target=press, args=[by]) for by in (ann, ben)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["sent", "told"]
    assert Message.objects.filter(kind="staff").count() == 1


def test_the_second_to_take_it_is_told_who_has_it(ann, ben):
    inquiry = making.inquiry()
    handle.assign(inquiry, to=ann, instead_of=None)
    with pytest.raises(handle.Taken) as taken:
        handle.assign(inquiry, to=ben, instead_of=None)
    assert taken.value.assignee == ann
    handle.assign(inquiry, to=ann, instead_of=None)  # twice the same is as once
    handle.assign(inquiry, to=ben, instead_of=ann.pk)


def test_the_queue_has_nobodys_first_then_the_longest_waiting(ann):
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        found = []
        for number in range(5):
            found.append(making.inquiry(email=f"{number}@example.jp"))
            clock.shift(60)
        handle.assign(found[0], to=ann, instead_of=None)
        handle.answer(found[3], body="答え", by=ann, seen=last(found[3]))
        handle.close(found[4])
    assert list(Inquiry.objects.queued()) == [found[1], found[2], found[0], found[3], found[4]]
    assert list(Inquiry.objects.waiting().queued()) == [found[1], found[2], found[0]]


def test_what_was_said_is_never_changed(ann):
    inquiry = making.inquiry()
    message = inquiry.messages.get()
    message.body = "別の文"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        message.save()
    message.refresh_from_db()
    assert message.body == "本文です。"


def test_answered_and_left_alone_it_closes_and_closed_long_enough_it_goes(ann, settings):
    settings.INQUIRY_DAYS = 1095
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        inquiry, waiting = making.inquiry(), making.inquiry()
        handle.answer(inquiry, body="答え", by=ann, seen=last(inquiry))

        def night():
            jobs.settle(timestamp=int(timezone.now().timestamp()))

        clock.shift(timedelta(days=29))
        night()
        inquiry.refresh_from_db()
        assert inquiry.state == "answered"
        clock.shift(timedelta(days=2))
        night()
        inquiry.refresh_from_db()
        assert inquiry.state == "closed"
        clock.shift(timedelta(days=1094))
        night()
        assert Inquiry.objects.filter(pk=inquiry.pk).exists()
        clock.shift(timedelta(days=2))
        night()
        assert list(Inquiry.objects.all()) == [waiting]
    gone = Letter.objects.filter(recipient_key=inquiry.recipient_key)
    assert gone.count() == 2
    assert set(gone.values_list("address", flat=True)) == {""}


def test_with_the_id_what_was_written_with_it_goes(ann):
    alice, bob = people.alice(), people.bob()
    hers, his = making.inquiry(alice), making.inquiry(bob)
    letting_go.let_go(alice)
    assert list(Inquiry.objects.all()) == [his]
    letters = Letter.objects.filter(recipient_key=hers.recipient_key)
    assert set(letters.values_list("address", "state")) == {("", "skipped")}


def test_an_answer_goes_to_the_address_the_id_has_today(ann):
    alice = people.alice()
    inquiry = making.inquiry(alice)
    alice.email = "new@example.jp"
    alice.save()
    handle.answer(inquiry, body="答え", by=ann, seen=last(inquiry))
    assert Letter.objects.latest("pk").address == "new@example.jp"


def test_the_download_has_ones_own_and_no_notes(ann, rf):
    from madoguchi.inquiries.export import inquiries

    alice, bob = people.alice(), people.bob()
    inquiry, _his = making.inquiry(alice), making.inquiry(bob)
    handle.note(inquiry, body="社内のメモ", by=ann)
    handle.answer(inquiry, body="答え", by=ann, seen=last(inquiry))
    (kept,) = inquiries(rf.get("/"), alice)
    assert kept["number"] == inquiry.number
    assert [(said["from"], said["text"]) for said in kept["messages"]] == [("writer", "本文です。"), ("staff", "答え")]
