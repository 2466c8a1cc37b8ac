"""How a session with a relay begins (RFC 5321 3.1), and what the relay says then that it offers."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from madoguchi.delivery.engine import login
from madoguchi.delivery.engine.feeder import RelayTrouble
from madoguchi.delivery.engine.relays import Relay

UNPRINTABLE = re.compile(r"[^\x20-\x7e]")

Answer = tuple[int, list[str]]
Ask = Callable[[str], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Offer:
    """What we use of a relay's extensions. ``largest`` is bytes of a message (RFC 1870), 0 for any."""

    pipelining: bool = False
    smtputf8: bool = False
    largest: int = 0

    @classmethod
    def of(cls, extensions: set[str]) -> "Offer":
        sizes = [line.split()[1] for line in extensions if line.startswith("SIZE ")]
        return cls(
            pipelining="PIPELINING" in extensions,
            smtputf8="SMTPUTF8" in extensions,
            largest=int(sizes[0]) if sizes and sizes[0].isdigit() else 0,
        )


async def opening(relay: Relay, greeting: Answer, *, ask: Ask, encrypt: Callable[[], Awaitable[None]]) -> Offer:
    """Greet, ``encrypt`` where that is the relay's way, and log in; raises :class:`RelayTrouble`."""
    _want(greeting, 220)
    extensions = await _hello(relay, ask)
    if relay.security == "smtp+starttls":
        _want(await ask("STARTTLS"), 220)
        await encrypt()
        extensions = await _hello(relay, ask)
    if relay.user:
        mechanisms = login.offered_mechanisms(extensions)
        for line, code in login.dialogue(mechanisms, relay.user, relay.password):
            _want(await ask(line), code)
    return Offer.of(extensions)


async def _hello(relay: Relay, ask: Ask) -> set[str]:
    code, lines = await ask(f"EHLO {relay.hello}")
    if code != 250:
        _want(await ask(f"HELO {relay.hello}"), 250)
        return set()
    return {line.upper().strip() for line in lines[1:]}


def _want(answer: Answer, code: int) -> None:
    if answer[0] != code:
        raise RelayTrouble(UNPRINTABLE.sub("?", f"answered {answer[0]} {answer[1][-1]}")[:200])
