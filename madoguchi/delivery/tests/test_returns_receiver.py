"""Our receiver over real connections: what it takes, refuses and survives; 250 only after the commit."""

import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError

from madoguchi.delivery.models import Letter, Mailing, Return, ReturnTally
from madoguchi.delivery.returns import path, receiver, take
from madoguchi.delivery.tests import returned
from madoguchi.delivery.tests.receiving import receiving
from madoguchi.lib.ports import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port() -> Iterator[int]:
    number = free_port()
    with receiving(f"lmtp://127.0.0.1:{number}"):
        yield number


@pytest.fixture
def letter(mailing) -> Letter:
    made: Mailing = mailing(1, address=returned.TO, state="sent")
    return made.letters.get()


def test_a_bounce_is_a_row_once_it_is_taken(port, letter):
    with smtplib.LMTP("127.0.0.1", port) as relay:
        relay.sendmail("", [path.return_path(letter.pk).decode()], returned.dsn())
        assert Return.objects.get().letter == letter.pk
        # The same once more, as a relay that missed the answer does, over the same connection.
        relay.sendmail("", [path.return_path(letter.pk).decode()], returned.dsn())
    assert Return.objects.count() == 1


def test_each_recipient_has_an_answer_of_its_own(port, mailing):
    letters = list(mailing(3, state="sent").letters.all())
    with smtplib.LMTP("127.0.0.1", port) as relay:
        relay.ehlo_or_helo_if_needed()
        relay.mail("")
        for each in letters:
            relay.rcpt(path.return_path(each.pk).decode())
        relay.docmd("DATA")
        relay.send(returned.dsn(to="x@y").replace(b"\n", b"\r\n") + b"\r\n.\r\n")
        assert [relay.getreply()[0] for _ in letters] == [250, 250, 250]
        assert relay.noop()[0] == 250
    assert Return.objects.count() == 3


def test_other_addresses_are_refused_and_counted(port, letter):
    wrong = ["postmaster@return.aoba.example", "hanako@elsewhere.example", f"r+{letter.pk}.0@return.aoba.example"]
    with smtplib.LMTP("127.0.0.1", port) as relay, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        relay.sendmail("x@y.example", wrong, returned.dsn())
    assert {code for code, _ in refused.value.recipients.values()} == {550}
    assert not Return.objects.exists()


def test_what_was_refused_is_counted_at_the_end(letter):
    number = free_port()
    with receiving(f"lmtp://127.0.0.1:{number}"), smtplib.LMTP("127.0.0.1", number) as relay:
        relay.ehlo_or_helo_if_needed()
        relay.mail("")
        relay.rcpt("x@return.aoba.example")
    assert ReturnTally.objects.get().number == 1


def test_a_database_away_means_later(port, letter, monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr(take, "mail", away)
    with smtplib.LMTP("127.0.0.1", port) as relay, pytest.raises(smtplib.SMTPDataError) as refused:
        relay.sendmail("", [path.return_path(letter.pk).decode()], returned.dsn())
    assert refused.value.smtp_code == 451


def test_too_big_is_refused_and_endless_lines_end_the_connection(port, letter):
    to = [path.return_path(letter.pk).decode()]
    # It says how big before.
    with smtplib.LMTP("127.0.0.1", port) as relay, pytest.raises(smtplib.SMTPSenderRefused):
        relay.sendmail("", to, b"x\r\n" * 700_000)
    relay = smtplib.LMTP("127.0.0.1", port)
    relay.ehlo_or_helo_if_needed()
    relay.mail("")
    relay.rcpt(to[0])
    relay.docmd("DATA")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        relay.send(b"x" * (receiver.MOST_BYTES_A_CONNECTION * 3))
    assert not Return.objects.exists()


def test_long_lines_and_any_bytes_are_taken(port, letter):
    raw = returned.dsn() + b"\xff\xfe" + b"long " * 10_000 + b"\r\n"
    with smtplib.LMTP("127.0.0.1", port) as relay:
        relay.sendmail("", [path.return_path(letter.pk).decode()], raw)
    assert Return.objects.get().kind == "hard"


def test_only_so_many_at_once(port, monkeypatch):
    monkeypatch.setattr(receiver, "MOST_CONNECTIONS", 1)
    with smtplib.LMTP("127.0.0.1", port) as relay:
        with pytest.raises(smtplib.SMTPConnectError) as refused:
            smtplib.LMTP("127.0.0.1", port)
        assert refused.value.smtp_code == 421
        assert relay.noop()[0]


def test_over_a_socket_and_as_smtp(tmp_path: Path, letter):
    to = [path.return_path(letter.pk).decode()]
    (tmp_path / "lmtp").write_text("left behind")
    with receiving(f"lmtp://{tmp_path / 'lmtp'}"), smtplib.LMTP(str(tmp_path / "lmtp")) as relay:
        relay.sendmail("", to, returned.dsn())
    number = free_port()
    with receiving(f"smtp://127.0.0.1:{number}"), smtplib.SMTP("127.0.0.1", number) as relay:
        relay.sendmail("", to, returned.dsn(status="5.2.2"))
    assert Return.objects.count() == 2
