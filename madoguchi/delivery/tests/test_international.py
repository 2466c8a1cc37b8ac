"""Addresses beyond ASCII go to a relay that takes them (SMTPUTF8), whole, be it the second, and to no other."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTPUTF8
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone

from madoguchi.lib.lanes import Lane
from madoguchi.lib.ports import free_port

pytestmark = pytest.mark.django_db(transaction=True)
HANAKO = "花子@xn--wgv71a119e.jp"
NOBODY = "553 no relay takes internationalised addresses"


class Taken:
    """What a receiver took: options of the envelope, recipient, message; and the headers as they came."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], str, EmailMessage]] = []
        self.headers: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the name aiosmtpd calls
        mail = message_from_bytes(envelope.content, _class=EmailMessage, policy=SMTPUTF8.clone(raise_on_defect=True))
        self.headers.append(envelope.content.partition(b"\r\n\r\n")[0])
        self.letters.append((envelope.mail_options, envelope.rcpt_tos[0], mail))
        return "250 taken"


@contextmanager
def relay(*, takes_utf8: bool) -> Iterator[tuple[str, Taken]]:
    taken = Taken()
    controller = Controller(taken, hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=takes_utf8)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}", taken
    finally:
        controller.stop()


def test_it_arrives_as_it_is_and_the_others_are_none_the_wiser(mailing, work):
    with relay(takes_utf8=True) as (url, taken):
        letters = [mailing(1, address=address) for address in (HANAKO, "花子@日本語.jp", "alice@example.jp")]
        work(url, lambda: all(one.progress() == {"sent": 1} for one in letters))
    by_recipient = {recipient: (options, mail) for options, recipient, mail in taken.letters}
    assert by_recipient.keys() == {HANAKO, "alice@example.jp"}
    assert len(taken.letters) == 3
    options, mail = by_recipient[HANAKO]
    assert "SMTPUTF8" in options
    assert any(f"\r\nTo: <{HANAKO}>\r\n".encode() in head for head in taken.headers)
    body = mail.get_body(("plain",))
    assert body is not None
    assert "第0の人" in body.get_content()
    options, mail = by_recipient["alice@example.jp"]
    assert options == []
    assert bytes(mail).isascii()


def test_a_relay_that_does_not_take_it_is_not_asked_to(mailing, work):
    with relay(takes_utf8=False) as (url, taken):
        theirs, hers = mailing(1, address=HANAKO), mailing(1, address="alice@example.jp")
        work(url, lambda: theirs.progress() == {"failed": 1} and hers.progress() == {"sent": 1})
    letter = theirs.letters.get()
    assert (letter.reason, letter.reply) == ("refused", NOBODY)
    assert [recipient for _, recipient, _ in taken.letters] == ["alice@example.jp"]


def test_the_next_relay_sends_it_where_the_first_does_not_take_it(mailing, work):
    with relay(takes_utf8=False) as (first, narrow), relay(takes_utf8=True) as (second, wide):
        theirs = [mailing(3, address=HANAKO), mailing(1, address=HANAKO, lane=Lane.CODES)]
        hers = mailing(20, address="alice@example.jp")
        letters = [*theirs, hers]
        work(f"{first} {second}", lambda: all(set(one.progress()) == {"sent"} for one in letters))
    assert [recipient for _, recipient, _ in narrow.letters] == ["alice@example.jp"] * 20
    assert [recipient for _, recipient, _ in wide.letters] == [HANAKO] * 4


def test_it_waits_untried_while_the_relay_that_may_take_it_is_away(mailing, work):
    with relay(takes_utf8=False) as (first, narrow):
        theirs, hers = mailing(1, address=HANAKO), mailing(1, address="alice@example.jp")
        away = f"smtp://127.0.0.1:{free_port()}"
        work(f"{first} {away}", lambda: hers.progress() == {"sent": 1} and given_back(theirs))
    letter = theirs.letters.get()
    assert (letter.state, letter.reason, letter.tries) == ("queued", "", 0)
    assert [recipient for _, recipient, _ in narrow.letters] == ["alice@example.jp"]


def given_back(theirs):
    letter = theirs.letters.get()
    return letter.leased_until is None and letter.due_at > timezone.now()


def test_it_fails_where_none_of_several_relays_takes_it(mailing, work):
    with relay(takes_utf8=False) as (first, _), relay(takes_utf8=False) as (second, other):
        theirs = mailing(2, address=HANAKO)
        work(f"{first} {second}", lambda: theirs.progress() == {"failed": 2})
    assert {(one.reason, one.reply) for one in theirs.letters.all()} == {("refused", NOBODY)}
    assert other.letters == []
