"""The demo's mail receiver: real SMTP on loopback, ``python -m madoguchi.demo.mailbox.receiver PORT FOLDER``.

Mail to the local part ``bounce`` is refused for good and to ``busy`` for a while, to see what then happens.
"""

import asyncio
import signal
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from madoguchi.demo.mailbox.store import Store


class Handler:
    def __init__(self, store: Store) -> None:
        self.store = store

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # Commands are read one by one from a buffer, so a client may send ahead (RFC 2920).
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        match address.partition("@")[0].lower():
            case "bounce":
                return "550 5.1.1 No such mailbox here"
            case "busy":
                return "451 4.3.0 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        # What the last hop of a mail writes above it (RFC 5321, 4.4): where it comes back to.
        content = b"Return-Path: <%s>\r\n" % (envelope.mail_from or "").encode() + (envelope.original_content or b"")
        await asyncio.to_thread(self.store.add, content, envelope.rcpt_tos)
        return "250 2.0.0 Kept"


async def serve(port: int, folder: Path) -> None:
    """Receive until SIGTERM. What was accepted is on disk."""
    loop = asyncio.get_running_loop()
    handler = Handler(Store(folder))
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="mailbox.demo.invalid", enable_SMTPUTF8=True, data_size_limit=50_000_000),
        host="127.0.0.1",
        port=port,
    )
    await stopped.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
