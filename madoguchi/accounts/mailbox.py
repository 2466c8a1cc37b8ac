"""Mailbox logins: addresses under the operator's own mail domains, whose password the operator's mail system checks.

It is asked over IMAP inside TLS with a verified certificate, by SASL PLAIN (RFC 4616), which carries any password as
it is. Nothing of the password is kept. The mail system is other people's too: only so many ask it at the same moment,
each for a bounded time, and one that does not answer is left alone for a while.
"""

import base64
import logging
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

from django.conf import settings

_log = logging.getLogger(__name__)
# How long one check may take, from the connection to the answer: a mail system delays its "no" by some seconds.
SECONDS = 15.0
# How long a login waits for its turn. Short: a request that waits holds a thread the other pages need.
PATIENCE = 2.0
# How long a mail system that did not answer is left alone.
LEFT_ALONE = 10.0
_PORTS = {"imaps": 993, "imap+starttls": 143}
_LONGEST_LINE, _MOST_LINES = 8192, 100
_LONGEST_PROOF = 2000  # bytes
# What a refusal says when it is not about the password (RFC 5530).
_NOT_NOW = (b"[UNAVAILABLE]", b"[INUSE]", b"[LIMIT]", b"[SERVERBUG]", b"[PRIVACYREQUIRED]", b"[CONTACTADMIN]")
_places = threading.BoundedSemaphore(settings.MAILBOX_AT_ONCE)
_left_alone_until = 0.0


class MailboxBusy(Exception):
    """Too many mailbox logins at this moment; the page asks to try again."""


class MailSystemAway(Exception):
    """The mail system does not answer, or not as one; the page says so. Nothing is known about the password."""


class _Nonsense(Exception):
    """What was heard is no answer a mail system gives."""


def is_ours(email: str) -> bool:
    """Whether this address (one spelling, :func:`madoguchi.lib.addresses.normal_address`) is a mailbox of the operator.

    Decided by its domain alone, so that it tells nobody which mailboxes exist.
    """
    return email.rpartition("@")[2] in settings.MAILBOX_DOMAINS


def check(email: str, password: str, *, caller: str | None = None) -> bool:
    """Whether the mail system lets ``email`` in with ``password``. Raises MailboxBusy or MailSystemAway.

    ``caller``: the IP address of whoever logs in. A mail system that understands it counts wrong passwords by that
    address instead of ours, which all mailbox logins come from.
    """
    try:
        proof = f"\0{email}\0{password}".encode()
    except UnicodeEncodeError:
        return False
    if "\0" in password or len(proof) > _LONGEST_PROOF:
        return False  # RFC 4616 has no place for the one, and no mail system has to read the other
    with _place():
        if time.monotonic() < _left_alone_until:
            raise MailSystemAway
        try:
            return _ask(proof, caller)
        except (OSError, _Nonsense) as trouble:
            # Its class alone: what a server says may repeat the address.
            _log.warning("the mail system cannot be asked: %s", type(trouble).__name__)
            raise MailSystemAway from None


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=PATIENCE):
        raise MailboxBusy
    try:
        yield
    finally:
        _places.release()


def _ask(proof: bytes, caller: str | None) -> bool:
    with ExitStack() as connection:
        try:
            talk, capabilities = _connected(connection)
        except (OSError, _Nonsense):
            # Only here, where nothing of the login was said yet: nobody's input can close the door for others.
            global _left_alone_until  # noqa: PLW0603 - of this process
            _left_alone_until = time.monotonic() + LEFT_ALONE
            raise
        if caller and b"ID" in capabilities and re.fullmatch(r"[0-9a-f.:]+", caller):
            talk.answer("ID", f'ID ID ("x-originating-ip" "{caller}")'.encode())
        return _authenticate(talk, proof)


def _connected(connection: ExitStack) -> tuple["_Talk", set[bytes]]:
    """A talk inside TLS with a mail system that takes passwords, closed with ``connection``."""
    address = urlsplit(settings.MAILBOX_URL)
    host, port = address.hostname or "", address.port or _PORTS[address.scheme]
    ends = time.monotonic() + SECONDS
    # Verifies the certificate and the name in it; a file of the operator's own stands in for the public authorities.
    trust = ssl.create_default_context(cafile=settings.MAILBOX_CA or None)
    plain = connection.enter_context(socket.create_connection((host, port), timeout=SECONDS))
    if address.scheme == "imap+starttls":
        _start_tls(_Talk(plain, ends))
    talk = _Talk(connection.enter_context(trust.wrap_socket(plain, server_hostname=host)), ends)
    if address.scheme == "imaps":
        talk.greeting()
    capabilities = talk.capabilities()
    if b"AUTH=PLAIN" not in capabilities:
        raise _Nonsense
    return talk, capabilities


def _start_tls(talk: "_Talk") -> None:
    talk.greeting()
    if talk.command("STARTTLS")[0] != b"OK":
        raise _Nonsense
    if talk.heard:  # put in by somebody between, to be taken for what was said inside TLS (RFC 9051, 11.1)
        raise _Nonsense


def _authenticate(talk: "_Talk", proof: bytes) -> bool:
    talk.say(b"prove AUTHENTICATE PLAIN")
    while not (line := talk.line()).startswith(b"+"):
        if not line.startswith(b"* "):
            raise _Nonsense  # refused before it heard the password
    status, text = talk.answer("prove", base64.b64encode(proof))
    if status not in (b"OK", b"NO") or text.upper().startswith(_NOT_NOW):
        raise _Nonsense
    with suppress(OSError, _Nonsense):  # the answer counts, whatever becomes of the goodbye
        talk.command("LOGOUT")
    return status == b"OK"


class _Talk:
    """Lines to and from the mail system, until the moment by which all must be said."""

    def __init__(self, connection: socket.socket, ends: float) -> None:
        self.connection, self.ends = connection, ends
        self.heard = b""
        self.lines = 0

    def greeting(self) -> None:
        if not self.line().upper().startswith(b"* OK"):
            raise _Nonsense

    def command(self, name: str) -> tuple[bytes, bytes]:
        return self.answer(name, f"{name} {name}".encode())

    def capabilities(self) -> set[bytes]:
        self.say(b"able CAPABILITY")
        found: set[bytes] = set()
        while not (line := self.line().upper()).startswith(b"ABLE "):
            found.update(line.split())
        return found

    def answer(self, tag: str, said: bytes) -> tuple[bytes, bytes]:
        """The status and text of the line that answers ``said`` under ``tag``."""
        self.say(said)
        while True:
            first, _space, rest = self.line().partition(b" ")
            if first == tag.encode():
                status, _space, text = rest.partition(b" ")
                return status.upper(), text
            if first != b"*":
                raise _Nonsense

    def say(self, line: bytes) -> None:
        self._hurry()
        self.connection.sendall(line + b"\r\n")

    def line(self) -> bytes:
        self.lines += 1
        while b"\n" not in self.heard:
            self._hurry()
            more = self.connection.recv(4096)
            if not more or len(self.heard) > _LONGEST_LINE:
                raise _Nonsense
            self.heard += more
        if self.lines > _MOST_LINES:
            raise _Nonsense
        line, _end, self.heard = self.heard.partition(b"\n")
        return line.rstrip(b"\r")

    def _hurry(self) -> None:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.connection.settimeout(left)
