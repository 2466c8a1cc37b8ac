"""What providers tell by their own webhooks: believed when they prove themselves, in their own formats, and judged."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from anymail.exceptions import AnymailNotSupportedWarning
from anymail.signals import AnymailTrackingEvent
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.utils import timezone

from madoguchi.delivery.engine.relays import Relay
from madoguchi.delivery.models import Letter, Mailing, Return
from madoguchi.delivery.returns import suppression
from madoguchi.delivery.returns.path import reference
from madoguchi.delivery.returns.provider import finding
from madoguchi.delivery.tests.test_rules import table

TO = "hanako@customer.example.jp"
BASIC = {"Authorization": "Basic " + base64.b64encode(b"user:a-long-password").decode()}
KEY = "key-of-the-provider"


@pytest.fixture
def letter() -> Letter:
    until = timezone.now() + timedelta(days=1)
    mailing = Mailing.objects.create(renderer="x", reference="1", lane=1, expires_at=until)
    return Letter.objects.create(mailing=mailing, recipient_key="1", address=TO, language="ja", state="sent")


def uses(settings: Any, name: str, **known: str) -> None:
    settings.SMTP_RELAYS = [Relay.of(f"anymail:{name}", hello="aoba.example")]
    settings.ANYMAIL = known


def post(name: str, body: bytes, headers: dict[str, str] | None = None) -> int:
    client = Client(enforce_csrf_checks=True)
    url = f"/callbacks/mail/provider/{name}/"
    return client.post(url, body, content_type="application/json", headers=headers or {}).status_code


def postmark(letter: Letter | None = None, **said: Any) -> bytes:
    """As Postmark tells of a bounce."""
    return json.dumps(
        {
            "RecordType": "Bounce",
            "ID": 4323372036854775807,
            "Type": "HardBounce",
            "TypeCode": 1,
            "Metadata": {"letter": reference(letter.pk)} if letter else {},
            "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
            "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
            "Details": f"smtp;550 5.1.1 The email account {TO} does not exist",
            "Email": TO,
            "From": "notice@aoba.example",
            "BouncedAt": "2026-11-22T05:05:00Z",
            **said,
        }
    ).encode()


def mailgun(letter: Letter, *, key: str = KEY, **event: Any) -> bytes:
    """As Mailgun does: the signature is beside what happened."""
    token, at = "a" * 50, "1795323900"
    signature = hmac.new(key.encode(), f"{at}{token}".encode(), hashlib.sha256).hexdigest()
    data = {
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "id": "G9Bn5sl1TC6nu79C8C0bwg",
        "timestamp": 1795323900.5,
        "recipient": TO,
        "user-variables": {"letter": reference(letter.pk)},
        "message": {"headers": {"message-id": "1.x@aoba.example", "to": TO, "from": "notice@aoba.example"}},
        "delivery-status": {"code": 552, "message": "552 5.2.2 The mailbox is over quota", "description": ""},
        **event,
    }
    return json.dumps(
        {"signature": {"token": token, "timestamp": at, "signature": signature}, "event-data": data}
    ).encode()


@pytest.mark.django_db
def test_a_bounce_that_postmark_tells_of_is_a_bounce(letter: Letter, settings: Any, capsys: Any) -> None:
    uses(settings, "postmark", WEBHOOK_SECRET="user:a-long-password")
    assert post("postmark", postmark(letter), BASIC) == 204
    row = Return.objects.get()
    assert (row.letter, row.kind, row.status, row.source) == (letter.pk, "hard", "5.1.1", "webhook")
    assert TO not in row.words
    letter.refresh_from_db()
    assert (letter.state, letter.reason) == ("bounced", "hard")
    assert suppression.suppressed([TO])
    assert post("postmark", postmark(letter), BASIC) == 204
    assert Return.objects.count() == 1, "what comes twice counts once"
    assert TO not in "".join(capsys.readouterr())


@pytest.mark.django_db
def test_a_complaint_without_the_letter_is_enough(settings: Any) -> None:
    uses(settings, "postmark", WEBHOOK_SECRET="user:a-long-password")
    said = postmark(RecordType="SpamComplaint", Type="SpamComplaint", Details="Test")
    assert post("postmark", said, BASIC) == 204
    assert (Return.objects.get().kind, Return.objects.get().letter) == ("complaint", None)
    forged = postmark(Metadata={"letter": "r+1.00000000000000000000"}, ID=2)
    assert post("postmark", forged, BASIC) == 204
    assert set(Return.objects.values_list("letter", flat=True)) == {None}


@pytest.mark.django_db
def test_it_is_believed_with_the_password_alone(letter: Letter, settings: Any, capsys: Any) -> None:
    uses(settings, "postmark", WEBHOOK_SECRET="user:a-long-password")
    wrong = {"Authorization": "Basic " + base64.b64encode(b"user:another").decode()}
    assert post("postmark", postmark(letter), wrong) == 403
    assert post("postmark", postmark(letter)) == 401, "one of them has to be asked for it"
    uses(settings, "postmark")
    assert post("postmark", postmark(letter), BASIC) == 403
    uses(settings, "mailgun", WEBHOOK_SECRET="user:a-long-password")
    assert post("postmark", postmark(letter), BASIC) == 403, "not the provider of the settings"
    assert not Return.objects.exists()
    assert TO not in "".join(capsys.readouterr())


@pytest.mark.django_db
def test_what_mailgun_signed_is_believed(letter: Letter, settings: Any) -> None:
    uses(settings, "mailgun", MAILGUN_WEBHOOK_SIGNING_KEY=KEY)
    assert post("mailgun", mailgun(letter, key="another")) == 403
    assert not Return.objects.exists()
    assert post("mailgun", mailgun(letter)) == 204
    row = Return.objects.get()
    assert (row.letter, row.kind, row.status) == (letter.pk, "soft", "5.2.2")
    assert not suppression.suppressed([TO])
    assert post("mailgun", mailgun(letter, id="2", severity="temporary")) == 204
    assert post("mailgun", mailgun(letter, id="3", event="delivered")) == 204
    assert post("mailgun", mailgun(letter, id="4", event="complained")) == 204
    assert sorted(Return.objects.values_list("kind", flat=True)) == ["complaint", "delayed", "soft"]


@pytest.mark.django_db
@pytest.mark.filterwarnings(f"ignore::{AnymailNotSupportedWarning.__module__}.{AnymailNotSupportedWarning.__name__}")
def test_what_sendgrid_signed_is_believed_several_at_once(letter: Letter, settings: Any) -> None:
    secret = ec.generate_private_key(ec.SECP256R1())
    form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    public = base64.b64encode(secret.public_key().public_bytes(*form)).decode()
    uses(settings, "sendgrid", SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY=public)
    about = {"email": TO, "timestamp": 1795323900, "letter": reference(letter.pk), "sg_message_id": "x"}
    events = [
        {**about, "event": "delivered", "sg_event_id": "1", "response": "250 ok"},
        {**about, "event": "bounce", "sg_event_id": "2", "type": "bounce", "reason": "550 5.1.1 User unknown"},
    ]
    body, at = json.dumps(events).encode(), "1795323901"
    signature = base64.b64encode(secret.sign(at.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": signature,
        "X-Twilio-Email-Event-Webhook-Timestamp": at,
    }
    assert post("sendgrid", body + b" ", headers) == 403
    assert post("sendgrid", body) == 403
    assert post("sendgrid", body, headers) == 204
    assert Return.objects.get().kind == "hard"
    assert suppression.suppressed([TO])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"7",
        b'{"RecordType": []}',
        b'{"RecordType": "Bounce", "Type": "HardBounce"}',
        b'{"RecordType": "Bounce", "Type": "HardBounce", "Email": "no address"}',
        b'{"RecordType": "Bounce", "Type": "HardBounce", "Email": {"a": 1}}',
        b'{"RecordType": "Bounce", "Type": "HardBounce", "Email": "a@b.example\\u0000"}',
        b'{"RecordType": "Bounce", "Type": "HardBounce", "Email": "a@b.example", "Metadata": 5}',
        b'{"RecordType": "Bounce", "Type": "HardBounce", "Email": "a@b.example", "Metadata": {"letter": {}}}',
        b'{"RecordType": "Bounce", "Type": "HardBounce", "Email": "a@b.example", "BouncedAt": "x"}',
        b'{"RecordType": "Inbound", "FromFull": {}}',
        b"\xff\xfe",
        b"[" * 15_000,
        b"x" * 1_000_001,
    ],
)
def test_nonsense_is_no_error(settings: Any, body: bytes) -> None:
    uses(settings, "postmark", WEBHOOK_SECRET="user:a-long-password")
    assert post("postmark", body, BASIC) in (204, 403)
    assert not Return.objects.filter(letter__isnull=False).exists()


@pytest.mark.django_db
def test_somebody_looks_whether_there_is_anybody() -> None:
    assert Client().head("/callbacks/mail/provider/postmark/").status_code == 204
    assert Client().get("/callbacks/mail/provider/postmark/").status_code == 405
    assert post("nobody", b"{}") == 403


@pytest.mark.parametrize(("event", "reason", "words", "kind"), table("the event"))
def test_what_an_event_means_is_the_tables(event: str, reason: str, words: str, kind: str) -> None:
    said = finding(
        AnymailTrackingEvent(event_type=event, reject_reason=reason or None, mta_response=words, recipient=TO)
    )
    assert (said.kind if said else "–") == kind
    assert said is None or said.failed == (event in ("bounced", "rejected", "failed"))
