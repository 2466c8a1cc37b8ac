"""Our own receiver of what comes back: LMTP behind a mail server, or SMTP for a domain of its own.

It takes mail for the addresses of :mod:`madoguchi.delivery.returns.path` and for no other, so it relays nothing, and it
sends nothing. 250 is said once the row is committed; what a relay repeats because that answer got lost adds nothing.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import Error, connections

from madoguchi.delivery.models import Return, ReturnTally
from madoguchi.delivery.returns import path, take

log = structlog.get_logger(__name__)

MOST_BYTES = 2_000_000  # a report quotes our mail, which is far smaller
MOST_RECIPIENTS = 50
MOST_CONNECTIONS = 50
# Over all messages of a connection, so that nobody fills the memory with a line that never ends.
MOST_BYTES_A_CONNECTION = 20_000_000
SECONDS = 60.0  # for one command, the data included
_COUNTED_EVERY = 10.0
_TOO_BIG = "552 5.3.4 Too big for a report"
_LONGEST_LINE = 1_000_000  # far more than RFC 5321 allows, because some reports do

# It logs what is said, addresses and all.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class Handler:
    """Answers the commands; the database is asked in threads, a few at a time."""

    def __init__(self, *, threads: int = 4) -> None:
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="returns")
        self.open = 0
        self._refused = 0

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], f"250-SIZE {MOST_BYTES}", "250-ENHANCEDSTATUSCODES", responses[-1]]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        sizes = [option[5:] for option in options if option.upper().startswith("SIZE=")]
        if any(size.isdigit() and int(size[:18]) > MOST_BYTES for size in sizes):
            return _TOO_BIG
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not path.is_ours(address):
            self._refused += 1
            return "550 5.1.1 No such address here"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        answers = [await self._taken(content, recipient) for recipient in envelope.rcpt_tos]
        if isinstance(server, LMTP):
            return "\r\n".join(answers)  # one for each recipient (RFC 2033, 4.2)
        # SMTP has one answer for all; what was taken already does not count again.
        return next((answer for answer in answers if not answer.startswith("250")), answers[0])

    async def handle_exception(self, error: Exception) -> str:
        log.error("returns.failed", error=type(error).__name__)
        return "451 4.3.0 Try again later"

    async def _taken(self, content: bytes, recipient: str) -> str:
        if len(content) > MOST_BYTES:
            return _TOO_BIG
        try:
            await self._in_thread(_take, content, recipient)
        except Error as error:
            log.warning("returns.database_away", error=type(error).__name__)
            return "451 4.3.0 Try again later"
        return "250 2.0.0 Taken"

    async def counting(self) -> None:
        """Write down, every few seconds, how many unknown addresses were refused."""
        while True:
            await asyncio.sleep(_COUNTED_EVERY)
            await self.count()

    async def count(self) -> None:
        number, self._refused = self._refused, 0
        if number:
            try:
                await self._in_thread(_count, number)
            except Error:
                self._refused += number

    async def close(self) -> None:
        await self.count()
        self._pool.shutdown()

    async def _in_thread(self, function: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pool, function, *arguments)


class _Bounded:
    """Before a protocol of aiosmtpd: so many connections, so many bytes on each."""

    event_handler: Handler
    transport: Any
    line_length_limit = _LONGEST_LINE
    _counted = False
    _heard = 0

    def connection_made(self, transport: Any) -> None:
        if self.event_handler.open >= MOST_CONNECTIONS:
            transport.write(b"421 4.7.0 Too many connections\r\n")
            transport.close()
            return
        self._counted = True
        self.event_handler.open += 1
        super().connection_made(transport)  # type: ignore[misc]

    def data_received(self, data: bytes) -> None:
        self._heard += len(data)
        if self._heard > MOST_BYTES_A_CONNECTION:
            self.transport.abort()
        elif self._counted:
            super().data_received(data)  # type: ignore[misc]

    def eof_received(self) -> bool | None:
        return super().eof_received() if self._counted else None  # type: ignore[misc]

    def connection_lost(self, error: Exception | None) -> None:
        if self._counted:
            self.event_handler.open -= 1
            super().connection_lost(error)  # type: ignore[misc]


class _Lmtp(_Bounded, LMTP):
    pass


class _Smtp(_Bounded, SMTP):
    pass


async def serve(listen: str, *, stopped: asyncio.Event, listening: asyncio.Event | None = None) -> None:
    """Receive at ``listen`` (``lmtp://host:port``, ``lmtp:///path/of/a/socket``, ``smtp://host:port``) until
    ``stopped``; what is being said then is finished first, for some seconds."""
    handler = Handler()
    where = urlsplit(listen)
    protocol = _Lmtp if where.scheme == "lmtp" else _Smtp

    def made() -> SMTP:
        return protocol(handler, hostname=settings.RETURN_DOMAIN, data_size_limit=None, timeout=SECONDS)

    loop = asyncio.get_running_loop()
    if where.hostname:
        server: Any = await loop.create_server(made, host=where.hostname, port=where.port or 24)
    else:
        socket = Path(unquote(where.path))
        socket.unlink(missing_ok=True)
        server = await loop.create_unix_server(made, path=socket)
        socket.chmod(0o660)
    counting = asyncio.create_task(handler.counting())
    log.info("returns.listening", scheme=where.scheme)
    if listening is not None:
        listening.set()
    await stopped.wait()
    server.close()
    for _moment in range(50):
        if not handler.open:
            break
        await asyncio.sleep(0.1)
    counting.cancel()
    await handler.close()


def _take(content: bytes, recipient: str) -> None:
    _alone(lambda: take.mail(content, to=recipient, source=Return.Source.LMTP))


def _count(number: int) -> None:
    _alone(lambda: take.count(Return.Source.LMTP, ReturnTally.Why.FORGED, number))


def _alone(do: Callable[[], object]) -> None:
    """With a database connection of its own, so that none outlives a database restart."""
    try:
        do()
    finally:
        connections.close_all()
