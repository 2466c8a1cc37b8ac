"""An SMTP receiver in a process of its own, for tests and fault trials: what it accepted is in its own file.

``python -m madoguchi.delivery.tests.sink FOLDER [PORT [ADDRESS]]`` writes the port to ``FOLDER/port``, each accepted
message as a line of JSON to ``FOLDER/accepted`` before it says 250, and misbehaves as ``FOLDER/mode`` says at that
moment:

``refuse`` (421 instead of a greeting, and to whoever is there) · ``hang`` (no answer to anything) · ``drop`` (close
after the data, kept nothing) · ``keep-and-drop`` (close after the data, kept it) · ``full`` (452 to senders) ·
``go-away`` (421 to recipients) · ``busy WORD`` (450 to recipients that contain it) · ``reject WORD`` (550 to them) ·
``eager WORD`` (the same, but takes the data) · ``unknown WORD``, ``policy WORD``, ``overfull WORD`` (550 5.1.1,
550 5.7.1 and 452 4.2.2 to them) · ``plain`` (no PIPELINING) · ``ascii`` (no SMTPUTF8).
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import IO, Any

_PATH = re.compile(rb"<(.*)>")
_ANSWERS = {
    "unknown": "550 5.1.1 <{}> User unknown",
    "policy": "550 5.7.1 blocked by policy",
    "overfull": "452 4.2.2 mailbox full",
}


class Receiver(asyncio.Protocol):
    def __init__(self, folder: Path, accepted: IO[str]) -> None:
        self._folder, self._accepted = folder, accepted
        self._buffer = bytearray()
        self._in_data = False

    @property
    def _mode(self) -> str:
        try:
            return (self._folder / "mode").read_text()
        except FileNotFoundError:
            return ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        mode = self._mode
        if mode == "refuse":
            self._say("421 not now")
            transport.close()
        elif mode != "hang":
            self._say("220 sink")

    def _say(self, *lines: str) -> None:
        self._transport.write(b"".join(f"{line}\r\n".encode() for line in lines))

    def data_received(self, data: bytes) -> None:
        if self._mode == "hang":
            return
        self._buffer += data
        while not self._transport.is_closing():
            ending = b"\r\n.\r\n" if self._in_data else b"\r\n"
            end = self._buffer.find(ending)
            if end < 0:
                return
            part = bytes(self._buffer[:end])
            del self._buffer[: end + len(ending)]
            if self._in_data:
                self._in_data = False
                self._end(part[2:])
            else:
                self._command(part)

    def _command(self, line: bytes) -> None:
        verb, mode = line[:4].upper(), self._mode
        if mode == "refuse":
            self._say("421 not now")
            self._transport.close()
        elif verb == b"EHLO":
            offered = ["8BITMIME"]
            offered += [word for word, without in (("PIPELINING", "plain"), ("SMTPUTF8", "ascii")) if mode != without]
            self._say("250-sink", *(f"250-{word}" for word in offered), "250 HELP")
        elif verb == b"MAIL":
            self._recipient, self._sender = "", mode != "full"
            self._say("250 ok" if self._sender else "452 full")
        elif verb == b"RCPT":
            self._rcpt(line, mode)
        elif verb == b"DATA":
            self._in_data = bool(self._recipient) or mode.startswith("eager ")
            # The end may follow at once: as if the line before were the message's.
            self._buffer[:0] = b"\r\n" if self._in_data else b""
            self._say("354 go on" if self._in_data else "503 no recipient")
        elif verb == b"QUIT":
            self._say("221 bye")
            self._transport.close()
        else:
            self._say("250 ok")

    def _rcpt(self, line: bytes, mode: str) -> None:
        path = _PATH.search(line)
        recipient = path[1].decode() if path else ""
        if not self._sender:
            self._say("503 no sender")
        elif mode == "go-away":
            self._say("421 too much")
            self._transport.close()
        elif mode.startswith("busy ") and mode.split()[1] in recipient:
            self._say("450 later")
        elif mode.startswith(("reject ", "eager ")) and mode.split()[1] in recipient:
            self._say("550 unknown")
        elif (answer := _ANSWERS.get(mode.partition(" ")[0])) and mode.split()[1] in recipient:
            self._say(answer.format(recipient))
        else:
            self._recipient = recipient
            self._say("250 ok")

    def _end(self, content: bytes) -> None:
        mode = self._mode
        if not self._recipient:
            self._say("554 for nobody")
            return
        if mode != "drop":
            raw = content.replace(b"\r\n..", b"\r\n.").decode("latin-1")
            self._accepted.write(json.dumps({"to": self._recipient, "at": time.time(), "raw": raw}) + "\n")
            self._accepted.flush()
        if mode in ("drop", "keep-and-drop"):
            self._transport.abort()
        else:
            self._say("250 kept")


async def serve(folder: Path, port: int, address: str) -> None:
    with (folder / "accepted").open("a") as accepted:
        server = await asyncio.get_running_loop().create_server(lambda: Receiver(folder, accepted), address, port)
        written = folder / "port.new"
        written.write_text(str(server.sockets[0].getsockname()[1]))
        written.rename(folder / "port")
        await server.serve_forever()


class Sink:
    """The receiver as a test sees it."""

    def __init__(self, folder: Path, *, address: str = "127.0.0.1") -> None:
        self.folder, self.address = folder, address
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Listen, on the same port as before."""
        (self.folder / "port").unlink(missing_ok=True)
        module = "madoguchi.delivery.tests.sink"
        command = [sys.executable, "-m", module, str(self.folder), str(self.port), self.address]
        self._process = subprocess.Popen(command)  # noqa: S603 - ourselves
        while not (self.folder / "port").exists():
            if self._process.poll() is not None:
                raise RuntimeError("the sink did not start")
            time.sleep(0.01)
        self.port = int((self.folder / "port").read_text())

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def running(self) -> bool:
        return self._process is not None

    def mode(self, mode: str) -> None:
        changed = self.folder / "mode.new"
        changed.write_text(mode)
        changed.rename(self.folder / "mode")

    @property
    def url(self) -> str:
        return f"smtp://[{self.address}]:{self.port}" if ":" in self.address else f"smtp://{self.address}:{self.port}"

    def accepted(self) -> list[dict[str, Any]]:
        """What it kept, as it wrote it."""
        if not (self.folder / "accepted").exists():
            return []
        lines = (self.folder / "accepted").read_text().split("\n")
        return [json.loads(line) for line in lines[:-1]]

    def counted(self) -> Counter[str]:
        """How often each recipient got something."""
        return Counter(one["to"] for one in self.accepted())

    def mails(self) -> list[EmailMessage]:
        """The messages, opened by a parser that raises on any defect."""
        policy = SMTP.clone(raise_on_defect=True)
        return [message_from_bytes(one["raw"].encode("latin-1"), policy=policy) for one in self.accepted()]


@contextmanager
def sink(folder: Path, *, address: str = "127.0.0.1") -> Iterator[Sink]:
    folder.mkdir(parents=True, exist_ok=True)
    receiver = Sink(folder, address=address)
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()


if __name__ == "__main__":
    arguments = dict(enumerate(sys.argv))
    asyncio.run(serve(Path(sys.argv[1]), int(arguments.get(2, 0)), arguments.get(3, "127.0.0.1")))
