"""Mailbox passwords checked against a real mail system (Dovecot), and what becomes of it when that is in trouble."""

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from madoguchi.accounts import mailbox
from madoguchi.demo import certificates
from madoguchi.demo.certificates import Certificates
from madoguchi.lib.ports import free_port
from tests.dovecot import Dovecot

HANA = "hana@mail.aoba.example"
PEOPLE = {HANA: "umi no-kaze 7", "aoi@mail.aoba.example": "青い海の風"}


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates.make(tmp_path_factory.mktemp("trusted"))


@pytest.fixture(scope="module")
def dovecot(trusted: Certificates) -> Iterator[Dovecot]:
    server = Dovecot(trusted, PEOPLE)
    yield server
    server.end()


@pytest.fixture(autouse=True)
def fresh(settings, trusted: Certificates, monkeypatch) -> None:
    """Nobody has found the mail system away before, and its authority is trusted."""
    settings.MAILBOX_DOMAINS = ("mail.aoba.example",)
    settings.MAILBOX_CA = str(trusted.authority)
    monkeypatch.setattr(mailbox, "_left_alone_until", 0.0)


@pytest.fixture(params=["imaps", "imap+starttls"])
def asked(request, settings, dovecot: Dovecot) -> Dovecot:
    port = dovecot.port if request.param == "imaps" else dovecot.starttls_port
    settings.MAILBOX_URL = f"{request.param}://127.0.0.1:{port}"
    return dovecot


@pytest.mark.parametrize("who", PEOPLE)
def test_the_right_password_is_right_in_any_script(asked, who: str) -> None:
    assert mailbox.check(who, PEOPLE[who])


@pytest.mark.parametrize(
    ("who", "password"),
    [
        (HANA, "umi no-kaze 8"),
        (HANA, ""),
        (HANA, PEOPLE["aoi@mail.aoba.example"]),
        ("nobody@mail.aoba.example", "umi no-kaze 7"),
        (HANA, 'x"\r\nprove OK'),
        (HANA, "umi no-kaze 7\r\n"),
        (HANA, "umi no-kaze 7\0"),
        (HANA, "{5}\r\nhello"),
        (HANA, "\ud800"),
        (HANA, "長い" * 2000),
    ],
)
def test_every_other_password_is_wrong_and_no_trouble(asked, who: str, password: str) -> None:
    assert not mailbox.check(who, password)


def test_the_mail_system_learns_where_the_login_comes_from(asked) -> None:
    """So that it counts wrong passwords by the person's network, not by ours."""
    mailbox.check(HANA, "wrong", caller="203.0.113.77")
    assert "203.0.113.77" in asked.log()
    assert mailbox.check(HANA, PEOPLE[HANA], caller='fe80::1%"\r\nx LOGOUT')


def test_a_certificate_of_somebody_else_is_refused(settings, tmp_path: Path) -> None:
    """A server between us and the mail system learns no password."""
    impostor = Dovecot(certificates.make(tmp_path), PEOPLE)
    try:
        for url in (f"imaps://127.0.0.1:{impostor.port}", f"imap+starttls://127.0.0.1:{impostor.starttls_port}"):
            settings.MAILBOX_URL = url
            mailbox._left_alone_until = 0.0
            with pytest.raises(mailbox.MailSystemAway):
                mailbox.check(HANA, PEOPLE[HANA])
        assert HANA not in impostor.log()
    finally:
        impostor.end()


def test_a_certificate_for_another_name_is_refused(settings, tmp_path: Path) -> None:
    files = certificates.make(tmp_path, host="mail.aoba.example")
    server = Dovecot(files, PEOPLE)
    settings.MAILBOX_CA, settings.MAILBOX_URL = str(files.authority), f"imaps://127.0.0.1:{server.port}"
    try:
        with pytest.raises(mailbox.MailSystemAway):
            mailbox.check(HANA, PEOPLE[HANA])
    finally:
        server.end()


def test_nobody_there(settings) -> None:
    settings.MAILBOX_URL = f"imaps://127.0.0.1:{free_port()}"
    with pytest.raises(mailbox.MailSystemAway):
        mailbox.check(HANA, PEOPLE[HANA])


def test_no_file_of_authorities(asked, settings, tmp_path: Path) -> None:
    settings.MAILBOX_CA = str(tmp_path / "none.pem")
    with pytest.raises(mailbox.MailSystemAway):
        mailbox.check(HANA, PEOPLE[HANA])


def test_one_that_was_away_is_left_alone_for_a_while(settings, monkeypatch) -> None:
    settings.MAILBOX_URL = f"imaps://127.0.0.1:{free_port()}"
    asked: list[object] = []
    connect = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda *a, **o: asked.append(a) or connect(*a, **o))
    for _time in range(3):
        with pytest.raises(mailbox.MailSystemAway):
            mailbox.check(HANA, PEOPLE[HANA])
    assert len(asked) == 1
    monkeypatch.setattr(mailbox, "_left_alone_until", 0.0)
    with pytest.raises(mailbox.MailSystemAway):
        mailbox.check(HANA, PEOPLE[HANA])
    assert len(asked) == 2


def test_nothing_somebody_types_closes_the_door_for_others(asked, settings, trusted) -> None:
    with saying(trusted, ABLE + b"+ \r\nprove BAD what was that\r\n") as port:
        right, settings.MAILBOX_URL = settings.MAILBOX_URL, f"imaps://127.0.0.1:{port}"
        with pytest.raises(mailbox.MailSystemAway):
            mailbox.check(HANA, "?")
    settings.MAILBOX_URL = right
    assert mailbox.check(HANA, PEOPLE[HANA])


GREETING = b"* OK ready\r\n"
ABLE = GREETING + b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nable OK\r\n"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"* BYE too many connections\r\n",
        b"220 mail.aoba.example ESMTP\r\n",
        b"* OK " + b"x" * 100_000,
        GREETING + b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nable OK\r\n",
        ABLE + b"prove NO [UNAVAILABLE] the directory is away\r\n",
        ABLE + b"+ \r\nprove NO [UNAVAILABLE] the directory is away\r\n",
        ABLE + b"+ \r\nprove BAD what\r\n",
        ABLE + b"* still thinking\r\n" * 500,
        ABLE + b"+ \r\nprove",
        b"\xff\xfe\0\r\n",
    ],
    ids=["nothing", "bye", "smtp", "endless", "disabled", "early", "unavailable", "bad", "lines", "cut", "bytes"],
)
def test_what_is_no_answer_is_no_refusal(settings, trusted, said: bytes) -> None:
    """Otherwise trouble at the mail system would look like a wrong password, and be counted as one."""
    with saying(trusted, said) as port:
        settings.MAILBOX_URL = f"imaps://127.0.0.1:{port}"
        with pytest.raises(mailbox.MailSystemAway):
            mailbox.check(HANA, PEOPLE[HANA])


def test_a_server_that_says_nothing_is_given_up_in_time(settings, trusted, monkeypatch) -> None:
    monkeypatch.setattr(mailbox, "SECONDS", 0.2)
    with saying(trusted, GREETING, then_wait=True) as port:
        settings.MAILBOX_URL = f"imaps://127.0.0.1:{port}"
        with pytest.raises(mailbox.MailSystemAway):
            mailbox.check(HANA, PEOPLE[HANA])


def test_words_put_in_before_tls_are_not_believed(settings, trusted) -> None:
    """What somebody between slips in behind the answer to STARTTLS must not count as said inside it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def between() -> None:
        connection, _address = listener.accept()
        with connection:
            connection.sendall(GREETING)
            connection.recv(100)
            connection.sendall(b"STARTTLS OK begin\r\n" + ABLE + b"+ \r\nprove OK it is you\r\n")
            connection.recv(1)

    thread = threading.Thread(target=between)
    thread.start()
    settings.MAILBOX_URL = f"imap+starttls://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(mailbox.MailSystemAway):
        mailbox.check(HANA, PEOPLE[HANA])
    thread.join()
    listener.close()


def test_in_a_storm_the_mail_system_is_asked_by_a_few_and_the_others_are_told(asked, monkeypatch) -> None:
    monkeypatch.setattr(mailbox, "PATIENCE", 0.01)
    places = threading.BoundedSemaphore(1)
    monkeypatch.setattr(mailbox, "_places", places)
    with places, pytest.raises(mailbox.MailboxBusy):
        mailbox.check(HANA, PEOPLE[HANA])
    assert mailbox.check(HANA, PEOPLE[HANA])


def test_no_log_line_repeats_who_or_what(settings, caplog) -> None:
    settings.MAILBOX_URL = f"imaps://127.0.0.1:{free_port()}"
    with pytest.raises(mailbox.MailSystemAway):
        mailbox.check(HANA, PEOPLE[HANA])
    assert "the mail system cannot be asked" in caplog.text
    assert "hana" not in caplog.text
    assert PEOPLE[HANA] not in caplog.text


class saying:  # noqa: N801 - read as a sentence
    """A server inside TLS that says ``said`` whatever it hears, and then ends or waits."""

    def __init__(self, files: Certificates, said: bytes, *, then_wait: bool = False) -> None:
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(files.certificate, files.key)
        self.said, self.then_wait = said, then_wait
        self.over = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        connection, _address = self.listener.accept()
        try:
            with self.tls.wrap_socket(connection, server_side=True) as sealed:
                sealed.sendall(self.said)
                if self.then_wait:
                    self.over.wait(60)
        except OSError:
            pass  # the other side had heard enough

    def __enter__(self) -> int:
        self.thread.start()
        return int(self.listener.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()
        self.listener.close()
