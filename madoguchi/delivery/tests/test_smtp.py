"""Connections to relays that want TLS and a login, and to relays that are none."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvloop
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from madoguchi.delivery.engine.feeder import Parcel, Patience, RelayTrouble, Step
from madoguchi.delivery.engine.relays import Relay
from madoguchi.delivery.engine.smtp import Connection
from madoguchi.delivery.tests.sink import sink
from madoguchi.lib.ports import free_port


class Kept:
    """What the relay took, and what became of each parcel."""

    def __init__(self, number: int = 3) -> None:
        self.waiting = [
            Parcel(b"id@aoba.example", b"a%d@example.jp" % n, b"Subject: %d\r\n\r\nx\r\n" % n, n) for n in range(number)
        ]
        self.done: list[tuple[int, str]] = []
        self.over = asyncio.Event()

    def fetch(self, connection: Connection) -> Parcel | None:
        return self.waiting.pop(0) if self.waiting else None

    def _note(self, parcel: Parcel, what: str) -> None:
        self.done.append((parcel.letter, what))
        if not self.waiting:
            self.over.set()

    def accepted(self, parcel: Parcel, reply: str) -> None:
        self._note(parcel, "accepted")

    def refused(self, parcel: Parcel, stage: Step, code: int, reply: str) -> None:
        self._note(parcel, f"{stage.name} {code}")

    def unanswered(self, parcel: Parcel) -> None:
        self._note(parcel, "unanswered")

    def untried(self, parcel: Parcel) -> None:
        self._note(parcel, "untried")

    def closed(self, connection: Connection) -> None:
        self.over.set()


class Handler:
    def __init__(self) -> None:
        self.recipients: list[str] = []
        self.encrypted: set[bool] = set()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.recipients += envelope.rcpt_tos
        self.encrypted.add(session.ssl is not None)
        return "250 kept"


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's context with a certificate for 127.0.0.1 that our side trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "relay")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "relay.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


def _login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = (data.login, data.password) == (b"mad oguchi", b"p@ss:word")
    return AuthResult(success=right, handled=False)


@pytest.fixture
def relay(certificate: ssl.SSLContext) -> Iterator[tuple[Handler, int]]:
    handler = Handler()
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=free_port(),  # the controller knocks there to see whether it listens
        tls_context=certificate,
        require_starttls=True,
        auth_required=True,
        authenticator=_login,
        ready_timeout=30,
    )
    controller.start()
    yield handler, controller.port
    controller.stop()


def deliver(url: str, kept: Kept, *, patience: Patience | None = None) -> None:
    async def main() -> None:
        connection = Connection(Relay.of(url, hello="aoba.example"), kept, patience=patience)
        await connection.open()
        connection.pump()
        async with asyncio.timeout(20):
            await kept.over.wait()
        connection.finish()
        await asyncio.sleep(0.1)
        connection.abort()

    uvloop.run(main())


def test_starttls_and_login(relay):
    handler, port = relay
    kept = Kept()
    deliver(f"smtp+starttls://mad%20oguchi:p%40ss%3Aword@127.0.0.1:{port}", kept)
    assert handler.recipients == ["a0@example.jp", "a1@example.jp", "a2@example.jp"]
    assert handler.encrypted == {True}
    assert [what for _, what in kept.done] == ["accepted"] * 3


def test_a_wrong_login_is_the_relays_trouble_and_touches_no_letter(relay):
    handler, port = relay
    kept = Kept()
    with pytest.raises(RelayTrouble, match="535"):
        deliver(f"smtp+starttls://madoguchi:wrong@127.0.0.1:{port}", kept)
    assert len(kept.waiting) == 3
    assert handler.recipients == []


def test_a_certificate_nobody_vouches_for_is_refused(relay, monkeypatch):
    _, port = relay
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(RelayTrouble, match="SSL"):
        deliver(f"smtp+starttls://mad%20oguchi:p%40ss%3Aword@127.0.0.1:{port}", Kept())


def test_a_relay_over_ipv6(tmp_path):
    with sink(tmp_path / "six", address="::1") as six:
        deliver(six.url, kept := Kept())
        assert [what for _, what in kept.done] == ["accepted"] * 3
        assert list(six.counted()) == ["a0@example.jp", "a1@example.jp", "a2@example.jp"]


def test_a_certificate_of_an_authority_of_ones_own(relay, tmp_path, monkeypatch):
    """The setting names it; the system's authorities do not know it."""
    handler, port = relay
    monkeypatch.delenv("SSL_CERT_FILE")
    deliver(f"smtp+starttls://mad%20oguchi:p%40ss%3Aword@127.0.0.1:{port}?ca={tmp_path / 'relay.pem'}", Kept())
    assert len(handler.recipients) == 3


def test_what_the_relay_said_it_cannot_take_is_not_sent_to_it(tmp_path):
    kept = Kept(1)
    kept.waiting[0].message = b"Subject: large\r\n\r\n" + b"x" * 2000 + b"\r\n"

    async def main() -> None:
        over = asyncio.Event()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 small\r\n")
            while line := await reader.readline():
                writer.write(b"250-small\r\n250 SIZE 1000\r\n" if line.startswith(b"EHLO") else b"221 bye\r\n")
            writer.close()
            await writer.wait_closed()
            over.set()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        connection = Connection(Relay("127.0.0.1", server.sockets[0].getsockname()[1]), kept)
        await connection.open()
        connection.pump()
        connection.finish()  # nothing goes out but the goodbye
        async with asyncio.timeout(20):
            await over.wait()
        server.close()

    asyncio.run(main())
    assert [what for _, what in kept.done] == ["END 552"]


@pytest.mark.parametrize(
    "said", [b"hello\r\n", b"550 go away\r\n", b"", b"220 " + b"x" * 10_000, b"220-more\r\n" * 300, b"\x00\xff\r\n"]
)
def test_what_is_no_relay_is_trouble_and_not_an_error(said):
    async def main() -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(said)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        connection = Connection(Relay("127.0.0.1", port), Kept(), patience=Patience(connect=5))
        with pytest.raises(RelayTrouble):
            await connection.open()
        server.close()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.jp", ("mail.example.jp", 25, "smtp", "")),
        ("smtp+starttls://u%40x:p@mail.example.jp", ("mail.example.jp", 587, "smtp+starttls", "u@x")),
        ("smtps://mail.example.jp:4650", ("mail.example.jp", 4650, "smtps", "")),
    ],
)
def test_a_relay_is_named_by_a_url(url, expected):
    relay = Relay.of(url, hello="x")
    assert (relay.host, relay.port, relay.security, relay.user) == expected
