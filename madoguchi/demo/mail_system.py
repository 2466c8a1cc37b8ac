"""The sample operator's mail system, as far as the counter asks it: whether a mailbox password is right.

A small IMAP server (RFC 9051) on loopback, inside TLS, with nothing behind its door: no mail can be read here.
``python -m madoguchi.demo.mail_system PORT FOLDER`` runs it, with the certificates of ``FOLDER``.
"""

import asyncio
import base64
import binascii
import hmac
import signal
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path

from madoguchi.demo.certificates import files_in
from madoguchi.demo.mailboxes import MAILBOXES
from madoguchi.demo.running import HOST

_CAPABILITIES = "IMAP4rev2 IMAP4rev1 AUTH=PLAIN SASL-IR"
_LONGEST_LINE = 8192
# A connection that says nothing for so long is ended; a wrong password is answered after a pause.
_PATIENCE, _PAUSE = 30, 1


class MailSystem:
    """``mailboxes``: password by address. ``pause``: seconds before a wrong password is refused."""

    def __init__(self, mailboxes: Mapping[str, str], *, pause: float = _PAUSE) -> None:
        self.mailboxes, self.pause = mailboxes, pause

    async def serve(self, port: int, tls: ssl.SSLContext) -> asyncio.Server:
        return await asyncio.start_server(self._talk, HOST, port, ssl=tls, limit=_LONGEST_LINE)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(f"* OK [CAPABILITY {_CAPABILITIES}] sample mail system\r\n".encode())
            while line := await asyncio.wait_for(reader.readline(), _PATIENCE):
                if not await self._command(line.decode("ascii", "replace").strip(), reader, writer):
                    break
                await writer.drain()
        except (TimeoutError, ConnectionError, ValueError, ssl.SSLError):
            pass  # silent, gone, or a line too long: nothing is owed
        finally:
            writer.close()

    async def _command(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one line; False when the talk is over."""
        tag, _space, rest = line.partition(" ")
        command, _space, argument = rest.partition(" ")
        match command.upper():
            case "CAPABILITY":
                answer = f"* CAPABILITY {_CAPABILITIES}\r\n{tag} OK done"
            case "NOOP":
                answer = f"{tag} OK done"
            case "AUTHENTICATE":
                answer = f"{tag} {await self._authenticate(argument, reader, writer)}"
            case "LOGOUT":
                answer = f"* BYE\r\n{tag} OK done"
            case _:
                answer = f"{tag or '*'} BAD not spoken here"
        writer.write(f"{answer}\r\n".encode())
        return command.upper() != "LOGOUT"

    async def _authenticate(self, argument: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        mechanism, _space, proof = argument.partition(" ")
        if mechanism.upper() != "PLAIN":
            return "NO [CANNOT] only PLAIN"
        if not proof:
            writer.write(b"+ \r\n")
            await writer.drain()
            proof = (await asyncio.wait_for(reader.readline(), _PATIENCE)).decode("ascii", "replace").strip()
        try:
            _authority, address, password = base64.b64decode(proof, validate=True).split(b"\0")
        except (binascii.Error, ValueError):
            return "BAD no proof of this kind"
        known = self.mailboxes.get(address.decode("utf-8", "replace").lower(), "")
        if known and hmac.compare_digest(known.encode(), password):
            return "OK it is you"
        await asyncio.sleep(self.pause)
        return "NO [AUTHENTICATIONFAILED] wrong address or password"


async def _run(port: int, folder: Path) -> None:
    files = files_in(folder)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(files.certificate, files.key)
    server = await MailSystem(MAILBOXES).serve(port, tls)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with server:
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1]), Path(sys.argv[2])))
