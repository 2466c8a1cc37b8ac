"""One long-lived SMTP connection (RFC 5321) that fetches letters and sends them, pipelined (RFC 2920).

While the relay stores one letter, the envelope of the next is already with it: a message costs one round trip. At any
moment at most one letter of a connection has been sent whole and not been answered.
"""

import asyncio
import re
import ssl
from collections import deque
from collections.abc import Callable

from madoguchi.delivery.engine.feeder import Feeder, Parcel, Patience, RelayTrouble, Step
from madoguchi.delivery.engine.opening import UNPRINTABLE, Answer, Offer, opening
from madoguchi.delivery.engine.relays import Relay


def _text(line: bytes) -> str:
    """What a line of a reply says after its code."""
    return line[4:].decode("ascii", "replace").rstrip()


_ENVELOPE = (Step.MAIL, Step.RCPT)
# What nearly every read brings while letters follow one another: one taken over, the envelope of the next consented to.
_FLOWING = deque((Step.END, Step.MAIL, Step.RCPT, Step.DATA))
_CONSENT = re.compile(rb"(250 [ -~]*)\r\n250 [^\r\n]*\r\n25[01] [^\r\n]*\r\n354 [^\r\n]*\r\n")


class Connection(asyncio.Protocol):
    """One session. :meth:`open` it, then :meth:`pump` whenever there may be letters."""

    def __init__(self, relay: Relay, feeder: Feeder, *, patience: Patience | None = None, messages: int = 1000) -> None:
        self.relay = relay
        self.patience = patience or Patience()
        self.deadline = float("inf")
        self.ready = False
        self._feeder = feeder
        self._messages_left = messages
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._lines: list[str] = []
        self._answer: asyncio.Future[Answer] | None = None
        self._offer = Offer()
        self._steps: deque[Step] = deque()  # whose replies are to come
        self._unsent: list[tuple[Step, bytes]] = []  # commands held back where there is no pipelining
        self._envelope: Parcel | None = None
        self._refusal: tuple[Step, int, str] | None = None
        self._letter: Parcel | None = None
        self._closing = self._gone = False
        self._clock: Callable[[], float] = asyncio.get_running_loop().time

    # --- opening ----------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Connect and greet; raises :class:`RelayTrouble`."""
        try:
            async with asyncio.timeout(self.patience.connect):
                await self._open()
        except (OSError, TimeoutError, ssl.SSLError) as error:
            self.abort()
            raise RelayTrouble(type(error).__name__) from error
        except (RelayTrouble, asyncio.CancelledError):
            self.abort()
            raise
        self.ready = True
        self.deadline = self._clock() + self.patience.idle

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        # In a thread: reading the system's authorities takes a while.
        context = await asyncio.to_thread(self.relay.context)
        greeting = self._expect()
        implicit = context if self.relay.security == "smtps" else None
        await loop.create_connection(lambda: self, self.relay.host, self.relay.port, ssl=implicit)

        async def encrypt() -> None:
            assert self._transport is not None  # noqa: S101
            assert context is not None  # noqa: S101
            # Whatever was received in clear before this point is not to be believed (RFC 3207 6).
            self._buffer = b""
            self._transport = await loop.start_tls(self._transport, self, context, server_hostname=self.relay.host)

        self._offer = await opening(self.relay, await greeting, ask=self._ask, encrypt=encrypt)

    @property
    def takes_wide(self) -> bool:
        """Whether the relay takes addresses beyond ASCII, by what it said at the greeting."""
        return self._offer.smtputf8

    def _expect(self) -> asyncio.Future[Answer]:
        self._answer = asyncio.get_running_loop().create_future()
        return self._answer

    async def _ask(self, line: str) -> Answer:
        answer = self._expect()
        if self._transport is None:
            raise RelayTrouble("closed")
        self._transport.write(f"{line}\r\n".encode())
        return await answer

    # --- sending ----------------------------------------------------------------------------------------------------

    def pump(self) -> None:
        """Begin the next letter if the connection is free."""
        if self.ready and not self._steps and not self._closing:
            self._write((), self._next_envelope())

    def finish(self) -> None:
        """Take nothing more; say goodbye when what is on the way is done."""
        self._messages_left = 0
        self.pump()

    def abort(self) -> None:
        """Close at once."""
        self._closing = self._gone = True
        if self._transport:
            self._transport.abort()

    def overdue(self, now: float) -> bool:
        return now > self.deadline

    @property
    def busy(self) -> bool:
        return bool(self._steps)

    def _next_envelope(self) -> list[tuple[Step, bytes]]:
        """The commands that come next: a letter's envelope, a goodbye, or none."""
        if self._messages_left <= 0:
            # The goodbye waits until the letter before it is answered, so that no relay forgets to.
            if self._letter is not None:
                return []
            self._closing = True
            return [(Step.QUIT, b"QUIT\r\n")]
        while (parcel := self._feeder.fetch(self)) is not None and not self._fits(parcel):
            pass
        if parcel is None:
            return []
        self._messages_left -= 1
        self._envelope = parcel
        self._refusal = None
        parameters = b"" if parcel.recipient.isascii() else b" SMTPUTF8"
        return [
            (Step.MAIL, b"MAIL FROM:<%b>%b\r\n" % (parcel.sender, parameters)),
            (Step.RCPT, b"RCPT TO:<%b>\r\n" % parcel.recipient),
            (Step.DATA, b"DATA\r\n"),
        ]

    def _fits(self, parcel: Parcel) -> bool:
        """Whether it is as small as the relay asks for, by what it said at the greeting; if not, it is refused here."""
        if 0 < self._offer.largest < len(parcel.message):
            self._feeder.refused(
                parcel, Step.END, 552, f"552 larger than the relay takes ({self._offer.largest} bytes)"
            )
            return False
        return True

    def _write(self, first: tuple[bytes, ...], commands: list[tuple[Step, bytes]]) -> None:
        """Send ``first`` (whose steps are noted already) and as many commands as may follow it at once."""
        if self._offer.pipelining:
            self._steps.extend([step for step, _ in commands])
            data = b"".join([*first, *[command for _, command in commands]])
        else:
            data, self._unsent = b"".join(first), commands
            if not self._steps and commands:
                step, command = commands[0]
                self._steps.append(step)
                data, self._unsent = command, commands[1:]
        if data and self._transport:
            self._transport.write(data)
        self._rest()

    def _rest(self) -> None:
        """Set the deadline for the reply that is due next."""
        if not self._steps:
            patience = self.patience.idle
        elif self._steps[0] is Step.END:
            patience = self.patience.acceptance
        else:
            patience = self.patience.command
        self.deadline = self._clock() + patience

    # --- replies ----------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        if self._steps == _FLOWING and not self._buffer and not self._lines and (plain := _CONSENT.fullmatch(data)):
            self._steps.clear()
            self._ended(250, plain[1].decode().rstrip())
            if not self._gone:
                self._send_letter()
            return
        lines = (self._buffer + data if self._buffer else data).split(b"\n")
        self._buffer = lines.pop()
        if len(self._buffer) > 4096 or len(self._lines) > 200:
            self.abort()
            return
        for line in lines:
            if self._gone:
                return
            code = line[:3]
            if not code.isdigit():
                self.abort()
            elif line[3:4] == b"-":
                self._lines.append(_text(line))
            else:
                self._reply(int(code), line)

    def _reply(self, code: int, line: bytes) -> None:
        earlier, self._lines = self._lines, []
        if self._answer is not None:
            answer, self._answer = self._answer, None
            if not answer.done():
                answer.set_result((code, [*earlier, _text(line)]))
            return
        if not self._steps:  # unasked: the relay is about to close
            self.abort()
            return
        step = self._steps.popleft()
        if code >= 400 or step not in _ENVELOPE:
            self._take(step, code, UNPRINTABLE.sub("?", f"{code} {' '.join([*earlier, _text(line)])}"))
        if code == 421 or step is Step.QUIT:
            self.abort()
        elif not self._steps:
            self._go_on()

    def _take(self, step: Step, code: int, reply: str) -> None:
        """Act on the reply to ``step``, unless it is the plain consent to a sender or a recipient."""
        if step is Step.END:
            self._ended(code, reply)
        elif step is Step.DATA and code == 354 and self._refusal is None:
            self._send_letter()
        elif step is Step.DATA and code == 354:
            # Offered although the recipient was refused: an empty message ends it (RFC 2920 3.1).
            self._steps.append(Step.NOTHING)
            self._write((b".\r\n",), [])
        elif step in (Step.MAIL, Step.RCPT, Step.DATA):
            if code >= 400 and self._refusal is None:
                self._refusal = (step, code, reply)
                self._unsent = []
            if step is Step.DATA and code != 421:
                self._start_over()
        elif step is Step.NOTHING:
            self._give_up_envelope()

    def _send_letter(self) -> None:
        """The content of the letter whose envelope was consented to, and the envelope of the next."""
        self._letter, self._envelope = self._envelope, None
        self._steps.append(Step.END)
        self._write((self._letter.message, b".\r\n") if self._letter else (), self._next_envelope())

    def _go_on(self) -> None:
        """Nothing is being waited for: send what is held back, start over, or take the next letter."""
        if self._refusal is not None and self._envelope is not None:
            self._start_over()
        elif not self._closing:
            self._write((), self._unsent or self._next_envelope())

    def _start_over(self) -> None:
        """After a refused envelope: clear it at the relay (the only use of RSET) and take the next letter."""
        self._give_up_envelope()
        self._write((), [(Step.RSET, b"RSET\r\n"), *self._next_envelope()])

    def _give_up_envelope(self) -> None:
        parcel, refusal = self._envelope, self._refusal
        self._envelope = self._refusal = None
        if parcel is not None and refusal is not None:
            self._feeder.refused(parcel, *refusal)

    def _ended(self, code: int, reply: str) -> None:
        parcel, self._letter = self._letter, None
        if parcel is None:
            return
        if 200 <= code < 300:
            self._feeder.accepted(parcel, reply)
        else:
            self._feeder.refused(parcel, Step.END, code, reply)

    def connection_lost(self, exc: Exception | None) -> None:
        self._closing = self._gone = True
        self.ready = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(RelayTrouble("closed"))
        if self._letter is not None:
            self._feeder.unanswered(self._letter)
        if self._envelope is not None:
            if self._refusal is not None:
                self._feeder.refused(self._envelope, *self._refusal)
            else:
                self._feeder.untried(self._envelope)
        self._letter = self._envelope = None
        self._feeder.closed(self)
