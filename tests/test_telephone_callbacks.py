"""A code's whole way over real HTTP: the site, the gateway's process-to-be on loopback, and its signed word back."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import sign_in
from madoguchi.contracts.contact_phone import Channel, budget_prefix
from madoguchi.contracts.models import Dispatch, Passcode
from madoguchi.contracts.tests.household import household
from madoguchi.delivery import telephony
from madoguchi.demo.telephone.faults import Fault, Kind
from madoguchi.demo.telephone.gateway import server
from madoguchi.demo.telephone.shapes import Credentials
from madoguchi.demo.telephone.store import Store
from tests.running_demo import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["twilio", "webhook"])
def phones(request: Any, live_server: Any, tmp_path: Path, settings: Any) -> Iterator[Store]:
    """The demo's telephone, quick about it, calling back a real server of the site; with either gateway."""
    settings.TELEPHONE_GATEWAY = request.param
    settings.SITE_URL = live_server.url
    store = Store(tmp_path)
    credentials = Credentials(settings.TELEPHONE_ACCOUNT, settings.TELEPHONE_TOKEN)
    with server(port=0, store=store, credentials=credentials, site=live_server.url, pace=0) as gateway:
        thread = threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.TELEPHONE_URL = f"http://127.0.0.1:{gateway.server_port}"
        yield store
        gateway.shutdown()
        thread.join()


def send(channel: Channel, language: str = "ja") -> Dispatch:
    alice = Account.objects.create(email="alice@example.jp")
    passcode = Passcode.make(
        sign_in=sign_in(Client(), alice),
        contract=household(holder=alice).office,
        channel=channel,
        language=language,
    )
    dispatch = Dispatch.objects.create(passcode=passcode, phone=passcode.phone, prefix=budget_prefix(passcode.phone))
    dispatch.deliver(last_try=True)
    return dispatch


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize(
    ("kind", "became"),
    [
        (Kind.NORMAL, ("delivered", "")),
        (Kind.BUSY, ("failed", "busy")),
        (Kind.NO_ANSWER, ("failed", "no_answer")),
        (Kind.REFUSED, ("failed", "refused")),
        (Kind.LATE, ("delivered", "")),
    ],
)
def test_what_becomes_of_it_is_told(phones: Store, settings: Any, channel: Channel, kind: Kind, became: Any):
    phones.set_fault("+819000000001", Fault(kind, 30 if kind is Kind.LATE else 0))
    dispatch = send(channel)
    wait_until(lambda: Dispatch.objects.get().is_final)
    dispatch.refresh_from_db()
    if settings.TELEPHONE_GATEWAY == "twilio" and (channel, kind) == (Channel.SMS, Kind.BUSY):
        became = ("failed", "no_answer")  # the shape has no word for a phone too busy for a text
    assert (dispatch.state, dispatch.reason) == became
    assert bool(phones.latest()) == (kind in (Kind.NORMAL, Kind.LATE))


def test_what_is_lost_stays_on_its_way(phones: Store):
    phones.set_fault("", Fault(Kind.LOST))
    dispatch = send(Channel.SMS)
    wait_until(lambda: Dispatch.objects.get().told_at is not None or Dispatch.objects.get().state == "sent")
    dispatch.refresh_from_db()
    assert dispatch.state == "sent"
    assert phones.latest() == []


@pytest.mark.parametrize(("language", "digits"), [("ja", "、"), ("en", ", ")])
def test_a_call_reads_the_digits_one_by_one_in_her_language(phones: Store, language: str, digits: str):
    send(Channel.VOICE, language)
    [arrival] = phones.latest()
    lines = arrival.text.splitlines()
    assert arrival.language == language
    assert len(lines[1].split(digits)) == 6
    assert lines[1] == lines[3]


def test_a_site_nobody_outside_can_reach_asks_for_no_callback(settings: Any):
    settings.SITE_URL = "http://127.0.0.1:8000"
    settings.TELEPHONE_URL = "https://telephone.carrier.example"
    assert telephony.callback_address() == ""
    settings.SITE_URL = "https://support.carrier.example"
    assert telephony.callback_address() == "https://support.carrier.example/callbacks/telephone/twilio/"


def test_the_pretend_telephone_calls_nobody_but_the_site(phones: Store, settings: Any):
    settings.SITE_URL = "https://elsewhere.example"
    dispatch = send(Channel.SMS)
    assert dispatch.state == "sent"
    assert [arrival.number for arrival in phones.latest()] == ["+819000000001"]


def test_a_webhook_gateway_believes_only_what_we_signed(phones: Store, settings: Any):
    settings.TELEPHONE_TOKEN = "another-token-that-is-long-enough-000"
    assert send(Channel.SMS).reason == "refused"
    assert phones.latest() == []
