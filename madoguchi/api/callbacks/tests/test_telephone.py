"""What the gateway says became of a code: believed only when signed, and never moving a state backwards."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import sign_in
from madoguchi.contracts.contact_phone import Channel, budget_prefix
from madoguchi.contracts.models import Dispatch, Passcode
from madoguchi.contracts.tests.documented import rows
from madoguchi.contracts.tests.household import household
from madoguchi.delivery.telephony import twilio, webhook

pytestmark = pytest.mark.django_db

TWILIO, WEBHOOK = "/callbacks/telephone/twilio/", "/callbacks/telephone/webhook/"


@pytest.fixture
def dispatch() -> Dispatch:
    alice = Account.objects.create(email="alice@example.jp")
    contract = household(holder=alice).office
    passcode = Passcode.make(sign_in=sign_in(Client(), alice), contract=contract, channel=Channel.VOICE, language="ja")
    return Dispatch.objects.create(
        passcode=passcode, phone=passcode.phone, prefix=budget_prefix(passcode.phone), state=Dispatch.State.SENT
    )


def twilio_says(dispatch: Dispatch, settings: Any, token: str = "", **form: str) -> int:
    address = f"{TWILIO}?reference={dispatch.reference}"
    signed = twilio.signature(
        token or settings.TELEPHONE_TOKEN, settings.SITE_URL + address, {name: [value] for name, value in form.items()}
    )
    response = Client(enforce_csrf_checks=True).post(
        address,
        urlencode(form),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signed},
    )
    dispatch.refresh_from_db()
    return response.status_code


def webhook_post(body: bytes, headers: dict[str, str]) -> int:
    named = {name: value for name, value in headers.items() if name != "Content-Type"}
    client = Client(enforce_csrf_checks=True)
    return client.post(WEBHOOK, body, content_type="application/json", headers=named).status_code


def status(dispatch: Dispatch, state: str, **more: str) -> bytes:
    return json.dumps({"type": "status", "reference": dispatch.reference, "status": state, **more}).encode()


def test_twilio_signature_is_the_published_example():
    form = {
        "CallSid": ["CA1234567890ABCDE"],
        "Digits": ["1234"],
        "From": ["+14158675309"],
        "To": ["+18005551212"],
        "Caller": ["+14158675309"],
    }
    assert (
        twilio.signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    )


@pytest.mark.parametrize(
    ("said", "code", "state", "reason"), rows("`twilio`: REST of that shape", document="telephone")
)
@pytest.mark.parametrize("kind", ["Message", "Call"])
def test_what_twilio_says_becomes_our_words(  # noqa: PLR0917 - the columns of the documented table
    dispatch: Dispatch, settings: Any, kind: str, said: str, code: str, state: str, reason: str
):
    codes = {"SipResponseCode": code.removeprefix("SIP ")} if code.startswith("SIP") else {"ErrorCode": code}
    form = {f"{kind}Sid": "SM1", f"{kind}Status": said, **(codes if code else {})}
    assert twilio_says(dispatch, settings, **form) == 204
    assert (dispatch.state, dispatch.reason) == (state, reason)


def test_a_word_we_do_not_know_changes_nothing(dispatch: Dispatch, settings: Any):
    assert twilio_says(dispatch, settings, CallStatus="some-day-a-new-one") == 204
    assert (dispatch.state, dispatch.told_at) == ("sent", None)


def test_a_forged_signature_changes_nothing(dispatch: Dispatch, settings: Any, caplog: Any):
    assert twilio_says(dispatch, settings, token="another-token", CallStatus="completed") == 403
    assert dispatch.state == "sent"
    assert "telephone_callback_refused" in caplog.text
    assert dispatch.reference not in caplog.text
    assert dispatch.phone not in caplog.text


def test_a_signature_is_good_for_its_own_address_only(dispatch: Dispatch, settings: Any):
    form = {"CallStatus": ["completed"]}
    other = settings.SITE_URL + f"{TWILIO}?reference=another"
    signed = twilio.signature(settings.TELEPHONE_TOKEN, other, form)
    answer = Client().post(
        f"{TWILIO}?reference={dispatch.reference}", {"CallStatus": "completed"}, headers={"X-Twilio-Signature": signed}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("path", [WEBHOOK, "/callbacks/telephone/nobody/"])
def test_another_gateway_than_ours_is_refused(dispatch: Dispatch, path: str):
    assert Client().post(path, b"{}", content_type="application/json").status_code == 403


def test_there_is_nothing_to_get(client: Client):
    assert client.get(TWILIO).status_code == 405


def test_a_long_body_is_refused_unread(dispatch: Dispatch):
    assert Client().post(TWILIO, b"a" * 17_000, content_type="text/plain").status_code == 403


@pytest.mark.parametrize("body", [b"\xff\xfe", b"&".join([b"a=1"] * 200)])
def test_what_is_no_form_is_refused(dispatch: Dispatch, body: bytes):
    answer = Client().post(TWILIO, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 403


def test_callbacks_in_the_wrong_order_never_move_it_back(dispatch: Dispatch, settings: Any):
    assert twilio_says(dispatch, settings, CallStatus="completed") == 204
    told = dispatch.told_at
    for late in ("ringing", "in-progress", "busy", "completed"):
        assert twilio_says(dispatch, settings, CallStatus=late) == 204
        assert (dispatch.state, dispatch.reason, dispatch.told_at) == ("delivered", "", told)


def test_an_unknown_reference_changes_nothing(dispatch: Dispatch, settings: Any):
    known, dispatch.reference = dispatch.reference, "unknown"
    assert twilio_says(dispatch, settings, CallStatus="completed") == 403
    assert (dispatch.reference, dispatch.state) == (known, "sent")


@pytest.fixture
def own(settings: Any) -> str:
    settings.TELEPHONE_GATEWAY = "webhook"
    return str(settings.TELEPHONE_TOKEN)


@pytest.mark.parametrize(
    ("state", "reason", "became"),
    [
        ("delivered", "", ("delivered", "")),
        ("failed", "busy", ("failed", "busy")),
        ("failed", "refused", ("failed", "refused")),
        ("failed", "something new", ("failed", "unreachable")),
        ("sent", "", ("sent", "")),
    ],
)
def test_what_a_webhook_gateway_says(dispatch: Dispatch, own: str, state: str, reason: str, became: Any):
    body = status(dispatch, state, **({"reason": reason} if reason else {}))
    assert webhook_post(body, webhook.headers(own, body)) == 204
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.reason) == became


def test_the_same_callback_twice_is_refused(dispatch: Dispatch, own: str):
    body = status(dispatch, "delivered")
    headers = webhook.headers(own, body)
    assert webhook_post(body, headers) == 204
    assert webhook_post(body, headers) == 403


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_callback_of_another_time_is_refused(dispatch: Dispatch, own: str, seconds: int):
    body = status(dispatch, "delivered")
    with time_machine.travel(timezone.now().timestamp() + seconds):
        headers = webhook.headers(own, body)
    assert webhook_post(body, headers) == 403
    dispatch.refresh_from_db()
    assert dispatch.state == "sent"


@pytest.mark.parametrize(
    "change",
    [
        lambda headers: {**headers, "Madoguchi-Timestamp": str(int(headers["Madoguchi-Timestamp"]) + 1)},
        lambda headers: {**headers, "Madoguchi-Signature": "v1=" + "0" * 64},
        lambda headers: {"Content-Type": "application/json"},
        lambda headers: {**headers, "Madoguchi-Timestamp": "²"},
    ],
)
def test_a_webhook_callback_nobody_signed_is_refused(dispatch: Dispatch, own: str, change: Any):
    body = status(dispatch, "delivered")
    assert webhook_post(body, change(webhook.headers(own, body))) == 403
    dispatch.refresh_from_db()
    assert dispatch.state == "sent"


@pytest.mark.parametrize("body", [b"[]", b"{}", b"nonsense", b'{"type":"call","reference":"r","status":"sent"}'])
def test_what_is_signed_but_no_status_is_refused(own: str, body: bytes):
    assert webhook_post(body, webhook.headers(own, body)) == 403
