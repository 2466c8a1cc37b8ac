"""Addresses beyond ASCII go to a relay that takes them (SMTPUTF8), whole, and to no other."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTPUTF8
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from madoguchi.lib.ports import free_port

pytestmark = pytest.mark.django_db(transaction=True)
HANAKO = "花子@xn--wgv71a119e.jp"


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
    assert (letter.reason, letter.reply) == ("refused", "553 the relay takes no internationalised address")
    assert [recipient for _, recipient, _ in taken.letters] == ["alice@example.jp"]
