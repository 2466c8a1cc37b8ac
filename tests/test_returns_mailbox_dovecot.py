"""A mailbox that mail comes back to, in a real Dovecot: what is taken in, what is left, and what happens in between."""

import imaplib
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from madoguchi.delivery.jobs import look_into_mailbox
from madoguchi.delivery.models import Letter, Return, ReturnTally
from madoguchi.delivery.returns import mailbox, path, suppression, take
from madoguchi.delivery.tests import returned
from madoguchi.delivery.tests.conftest import mailing  # noqa: F401 - a fixture
from madoguchi.demo import certificates
from tests.dovecot import Dovecot

pytestmark = pytest.mark.django_db

WHO, WORD = "return@aoba.example", "a secret/with-odd@signs"


@pytest.fixture(scope="module")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    made = certificates.make(tmp_path_factory.mktemp("certificates"))
    running = Dovecot(made, {WHO: WORD})
    yield running, made
    running.end()


@pytest.fixture(params=["imaps", "imap+starttls"])
def box(request: Any, dovecot: Any, settings: Any) -> Iterator[imaplib.IMAP4]:
    """The mailbox as its owner sees it, emptied at the end."""
    running, made = dovecot
    port = running.port if request.param == "imaps" else running.starttls_port
    login = "return%40aoba.example:a%20secret%2Fwith-odd%40signs"
    settings.RETURN_MAILBOX_URL = f"{request.param}://{login}@127.0.0.1:{port}/INBOX"
    settings.RETURN_MAILBOX_CA = str(made.authority)
    trust = ssl.create_default_context(cafile=str(made.authority))
    with imaplib.IMAP4_SSL("127.0.0.1", running.port, ssl_context=trust) as mine:
        mine.login(WHO, WORD)
        mine.select("INBOX")
        yield mine
        for number in numbers(mine):
            mine.store(number, "+FLAGS", r"\Deleted")
        mine.expunge()


@pytest.fixture
def letter(mailing: Any) -> Letter:  # noqa: F811
    made: Letter = mailing(1, address=returned.TO, state="sent").letters.get()
    return made


def put(box: imaplib.IMAP4, raw: bytes, *, to: str = "") -> None:
    head = f"Delivered-To: {to}\r\n".encode() if to else b""
    box.append("INBOX", "", "", head + raw.replace(b"\n", b"\r\n"))


def numbers(box: imaplib.IMAP4) -> list[str]:
    box.noop()
    return str(box.search(None, "ALL")[1][0].decode()).split()


def flags(box: imaplib.IMAP4) -> list[str]:
    return [str(box.fetch(number, "(FLAGS)")[1][0]) for number in numbers(box)]


def test_what_is_understood_is_taken_and_gone(box, letter):
    put(box, returned.dsn(), to=path.return_path(letter.pk).decode())
    put(box, returned.out_of_office(), to=path.return_path(letter.pk).decode())
    look_into_mailbox(timestamp=0)
    assert Return.objects.get().source == "imap"
    assert suppression.suppressed([returned.TO])
    assert ReturnTally.objects.get().why == "automatic"
    assert flags(box) == []


def test_what_a_person_wrote_is_left_for_a_person(box, letter):
    put(box, b"From: x@y.example\nSubject: hello\n\nPlease call me.\n", to="return@aoba.example")
    assert mailbox.look() == 1
    assert mailbox.look() == 0
    (kept,) = flags(box)
    assert r"\Seen" in kept
    assert r"\Flagged" in kept
    assert ReturnTally.objects.get().why == "forged"


def test_where_the_plus_was_dropped_the_quoted_mail_names_the_letter(box, letter):
    quoted = f"Return-Path: <{path.return_path(letter.pk).decode()}>\n"
    put(box, returned.dsn().replace(b"Subject: notice\n", quoted.encode()), to="r@return.aoba.example")
    mailbox.look()
    assert Return.objects.get().letter == letter.pk


def test_before_the_commit_nothing_changes_there(box, letter, monkeypatch):
    put(box, returned.dsn(), to=path.return_path(letter.pk).decode())

    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise OSError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(take, "mail", broken)
        with pytest.raises(mailbox.Away):
            mailbox.look()
    (kept,) = flags(box)
    assert r"\Seen" not in kept
    # And when the connection ended after it: the same mail is seen again and adds nothing.
    with monkeypatch.context() as patched:
        patched.setattr(imaplib.IMAP4, "expunge", broken)
        patched.setattr(mailbox, "_said", _until_stored(mailbox._said))
        with pytest.raises(mailbox.Away):
            mailbox.look()
    assert Return.objects.count() == 1
    assert mailbox.look() == 1
    assert Return.objects.count() == 1
    assert flags(box) == []


def _until_stored(said: Any) -> Any:
    """``said``, but the connection ends when the third answer is due: after search and fetch."""
    heard: list[Any] = []

    def hear(answer: Any) -> Any:
        heard.append(answer)
        if len(heard) > 3:
            raise OSError("gone")
        return said(answer)

    return hear


def test_a_wrong_password_or_certificate_is_said_without_either(box, settings, caplog):
    settings.RETURN_MAILBOX_URL = settings.RETURN_MAILBOX_URL.replace("a%20secret", "wrong")
    with pytest.raises(mailbox.Away):
        mailbox.look()
    settings.RETURN_MAILBOX_CA = ""
    look_into_mailbox(timestamp=0)
    assert "mailbox_away" in caplog.text
    assert "wrong" not in caplog.text
    assert WHO not in caplog.text


def test_without_a_mailbox_there_is_nothing_to_look_into(settings, monkeypatch):
    settings.RETURN_MAILBOX_URL = ""
    monkeypatch.setattr(mailbox, "look", pytest.fail)
    look_into_mailbox(timestamp=0)


def test_the_head_alone_names_the_recipient(tmp_path: Path):
    good = path.return_path(7).decode()
    assert mailbox._recipient(f"To: list@x, <{good}>\r\n\r\nTo: {path.return_path(8).decode()}".encode()) == good
    assert mailbox._recipient(b"Subject: x\n\n") == mailbox._recipient(b"") == ""
