"""What a mail gateway says of letters: believed only when signed, once, and never an error."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from madoguchi.delivery.models import Letter, Mailing, Return
from madoguchi.delivery.returns import suppression
from madoguchi.delivery.returns.path import return_path
from madoguchi.delivery.telephony import webhook

pytestmark = pytest.mark.django_db

URL, TO = "/callbacks/mail/webhook/", "hanako@customer.example.jp"


@pytest.fixture
def letter() -> Letter:
    until = timezone.now() + timedelta(days=1)
    mailing = Mailing.objects.create(renderer="x", reference="1", lane=1, expires_at=until)
    return Letter.objects.create(mailing=mailing, recipient_key="1", address=TO, language="ja", state="sent")


def say(settings: Any, token: str = "", **said: Any) -> int:
    return post(json.dumps({"recipient": TO, **said}).encode(), token or settings.MAIL_TOKEN)


def post(body: bytes, token: str, *, headers: dict[str, str] | None = None) -> int:
    headers = headers or webhook.headers(token, body)
    client = Client(enforce_csrf_checks=True)
    named = {name: value for name, value in headers.items() if name != "Content-Type"}
    return client.post(URL, body, content_type="application/json", headers=named).status_code


def test_a_bounce_is_a_bounce(letter: Letter, settings: Any) -> None:
    back = return_path(letter.pk).decode()
    words = f"550 5.1.1 {TO} unknown"
    assert say(settings, event="bounced", return_path=back, status="5.1.1", words=words) == 204
    row = Return.objects.get()
    assert (row.letter, row.kind, row.status, row.words) == (letter.pk, "hard", "5.1.1", "550 5.1.1 ••• unknown")
    assert row.source == "webhook"
    letter.refresh_from_db()
    assert (letter.state, letter.reason) == ("bounced", "hard")
    assert suppression.suppressed([TO])


@pytest.mark.parametrize(
    ("event", "status", "kind"),
    [("bounced", "5.2.2", "soft"), ("bounced", "", "soft"), ("delayed", "4.4.1", "delayed"), ("complained", "", None)],
)
def test_without_a_return_path_the_address_is_enough(settings: Any, event: str, status: str, kind: str) -> None:
    assert say(settings, event=event, status=status) == 204
    assert Return.objects.get().kind == (kind or "complaint")
    assert Return.objects.get().letter is None
    assert bool(suppression.suppressed([TO])) == (event == "complained")


def test_a_delivery_is_no_news(settings: Any) -> None:
    assert say(settings, event="delivered") == 204
    assert not Return.objects.exists()


def test_it_is_believed_once_and_only_signed(letter: Letter, settings: Any) -> None:
    body = json.dumps({"event": "complained", "recipient": TO}).encode()
    headers = webhook.headers(settings.MAIL_TOKEN, body)
    assert post(body, "", headers=headers) == 204
    assert post(body, "", headers=headers) == 403
    assert say(settings, token="another-token-of-thirty-two-characters!", event="complained") == 403
    assert Client().post(URL, body, content_type="application/json").status_code == 403
    assert Client().get(URL).status_code == 405
    settings.MAIL_TOKEN = ""
    assert post(body, "") == 403
    assert Return.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"{}",
        b'{"event": "bounced"}',
        b'{"event": "exploded", "recipient": "a@b.example"}',
        b'{"event": ["bounced"], "recipient": "a@b.example"}',
        b'{"event": "bounced", "recipient": 7}',
        b'{"event": "bounced", "recipient": "no address"}',
        b'{"event": "bounced", "recipient": "a@b.example\\u0000"}',
        b'{"event": "bounced", "recipient": "a@b.example", "status": {}}',
        b'{"event": "bounced", "recipient": "a@b.example", "words": 5}',
        b'{"event": "bounced", "recipient": "a@b.example", "return_path": null}',
        b"\xff\xfe",
        b"[" * 15_000,
        b"x" * 16_001,
    ],
)
def test_nonsense_is_refused(settings: Any, body: bytes) -> None:
    assert post(body, settings.MAIL_TOKEN) == 403
    assert not Return.objects.exists()


def test_odd_words_are_kept_short(settings: Any) -> None:
    assert say(settings, event="bounced", status="\x00", words="\x00 \ud800 " + "long " * 500) == 204
    assert len(Return.objects.get().words) <= 300
