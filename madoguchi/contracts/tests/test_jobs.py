"""Sending in the background: once, again while it is worth it, and never after the code's end."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import sign_in
from madoguchi.contracts import jobs
from madoguchi.contracts.contact_phone import Channel, budget_prefix
from madoguchi.contracts.models import Dispatch, Passcode
from madoguchi.contracts.tests.household import household
from madoguchi.delivery import telephony
from madoguchi.delivery.telephony import Receipt
from madoguchi.lib.lanes import Lane

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispatch() -> Dispatch:
    alice = Account.objects.create(email="alice@example.jp")
    passcode = Passcode.make(
        sign_in=sign_in(Client(), alice),
        contract=household(holder=alice).office,
        channel=Channel.SMS,
        language="ja",
    )
    return Dispatch.objects.create(passcode=passcode, phone=passcode.phone, prefix=budget_prefix(passcode.phone))


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    texts: list[tuple[str, str]] = []

    def send_text(to: str, text: str, *, reference: str) -> Receipt:
        texts.append((to, text))
        return Receipt(id="SM1", status="queued")

    monkeypatch.setattr(telephony, "send_text", send_text)
    return texts


def trouble(kind: type[telephony.TelephoneTrouble], monkeypatch: pytest.MonkeyPatch) -> None:
    def send_text(to: str, text: str, *, reference: str) -> Receipt:
        raise kind("status 500")

    monkeypatch.setattr(telephony, "send_text", send_text)


def test_a_second_run_of_the_job_sends_nothing(dispatch: Dispatch, sent: list[Any]):
    dispatch.deliver(last_try=False)
    Dispatch.objects.get().deliver(last_try=False)
    assert len(sent) == 1
    assert (dispatch.state, dispatch.gateway_id) == ("sent", "SM1")


def test_a_callback_faster_than_the_answer_is_not_undone(dispatch: Dispatch, monkeypatch: Any):
    def send_text(to: str, text: str, *, reference: str) -> Receipt:
        Dispatch.objects.hear(telephony.News(reference, telephony.State.DELIVERED))
        return Receipt(id="SM1", status="queued")

    monkeypatch.setattr(telephony, "send_text", send_text)
    dispatch.deliver(last_try=False)
    assert (dispatch.state, dispatch.gateway_id) == ("delivered", "SM1")


def test_a_code_that_is_over_is_not_sent(dispatch: Dispatch, sent: list[Any]):
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        dispatch.deliver(last_try=False)
    assert sent == []
    assert (dispatch.state, dispatch.reason) == ("failed", "ended")


def test_an_unreachable_gateway_is_tried_again_until_the_last_time(dispatch: Dispatch, monkeypatch: Any):
    trouble(telephony.Unreachable, monkeypatch)
    with pytest.raises(telephony.Unreachable):
        dispatch.deliver(last_try=False)
    assert dispatch.state == "queued"
    dispatch.deliver(last_try=True)
    assert (dispatch.state, dispatch.reason) == ("failed", "unreachable")


@pytest.mark.parametrize("kind", [telephony.Busy, telephony.NoAnswer, telephony.InvalidNumber, telephony.Refused])
def test_a_refusal_is_an_outcome(dispatch: Dispatch, monkeypatch: Any, kind: type[telephony.TelephoneTrouble]):
    trouble(kind, monkeypatch)
    dispatch.deliver(last_try=False)
    assert (dispatch.state, dispatch.reason) == ("failed", kind.reason)


def test_the_job_goes_before_all_mail_and_names_a_row(dispatch: Dispatch):
    jobs.deliver_code.defer(dispatch_id=dispatch.pk)
    job = ProcrastinateJob.objects.get(task_name="contracts.deliver_code")
    assert (job.priority, job.args) == (Lane.CODES.priority, {"dispatch_id": dispatch.pk})


def test_expired_codes_are_wiped(dispatch: Dispatch):
    jobs.forget_expired_codes(0)
    assert Passcode.objects.get().sealed_code is not None
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        jobs.forget_expired_codes(0)
    passcode = Passcode.objects.get()
    assert (passcode.end, passcode.sealed_code) == ("expired", None)
