"""The demo's mail receiver: real SMTP on loopback, ``python -m madoguchi.demo.mailbox.receiver PORT FOLDER``.

To see what then happens, mail to the local part ``bounce`` is refused for good, to ``busy`` for a while, and to
``picky`` as spam every other time; to ``slow`` it takes a second. Each may be followed by a plus sign and anything.
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
        self._refused: set[str] = set()  # picky addresses, at the last try

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # Commands are read one by one from a buffer, so a client may send ahead (RFC 2920).
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        match _box(address):
            case "bounce":
                return "550 5.1.1 No such mailbox here"
            case "busy":
                return "451 4.3.0 Try again later"
            case "picky" if address not in self._refused:
                self._refused.add(address)
                return "554 5.7.1 Taken for spam"
            case "picky":
                self._refused.remove(address)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if any(_box(address) == "slow" for address in envelope.rcpt_tos):
            await asyncio.sleep(1)
        # What the last hop of a mail writes above it (RFC 5321, 4.4): where it comes back to.
        content = b"Return-Path: <%s>\r\n" % (envelope.mail_from or "").encode() + (envelope.original_content or b"")
        await asyncio.to_thread(self.store.add, content, envelope.rcpt_tos)
        return "250 2.0.0 Kept"


def _box(address: str) -> str:
    return address.partition("@")[0].partition("+")[0].lower()


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
