"""A relay that takes every letter and answers for it only after a while, as one does that stores it or asks others.

``python -m bench.slow_relay PORT SECONDS``; Postfix's ``smtp-sink`` waits whole seconds only.
"""

import asyncio
import sys
from typing import cast


class SlowRelay(asyncio.Protocol):
    """Speaks as much SMTP as the senders of the benchmark do, pipelined."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._in_data = self._pondering = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(b"220 slow\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._go_on()

    def _go_on(self) -> None:
        """Take what has come, up to a letter that is pondered: answers keep their order."""
        answers = []
        while not self._pondering:
            ending = b"\r\n.\r\n" if self._in_data else b"\r\n"
            part, found, rest = self._buffer.partition(ending)
            if not found:
                break
            self._buffer = rest
            if self._in_data:
                self._in_data, self._pondering = False, True
                self._loop.call_later(self._seconds, self._taken)
            else:
                answers.append(self._answer(part[:4].upper()))
        if answers:
            self._transport.write(b"".join(answers))

    def _answer(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return b"250-slow\r\n250 PIPELINING\r\n"
        if verb == b"DATA":
            self._in_data = True
            return b"354 go on\r\n"
        return b"250 ok\r\n"

    def _taken(self) -> None:
        self._pondering = False
        self._transport.write(b"250 taken\r\n")
        self._go_on()


async def main(port: int, seconds: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: SlowRelay(seconds), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        import uvloop
    except ImportError:  # not made for this system
        run = asyncio.run
    else:
        run = uvloop.run
    run(main(int(sys.argv[1]), float(sys.argv[2])))
