"""What every telephone gateway has in common: what it is asked, what it answers, what may go wrong.

A gateway is one module with one class of :class:`Gateway`; ``docs/telephone.md`` says how another one is added.
Numbers are E.164. Neither a number nor what is said ever enters a log line or an exception's text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class State(StrEnum):
    """How far a message or call has come, in the order of the steps; the last two are final."""

    QUEUED = "queued"
    SENT = "sent"  # the gateway has it; a telephone rings
    DELIVERED = "delivered"  # the phone has the message; the call was taken and heard to its end
    FAILED = "failed"


class Reason(StrEnum):
    """Why nothing arrived, in words of ours."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"  # nobody took the call; the phone is off or out of reach
    REFUSED = "refused"
    INVALID_NUMBER = "invalid_number"
    UNREACHABLE = "unreachable"  # the gateway, or the network behind it


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the gateway answered: its id of the message or call, and the state it gave it (``queued``, ``sent``…)."""

    id: str
    status: str


@dataclass(frozen=True, slots=True)
class Order:
    """What a gateway is asked beside the words.

    ``reference`` is ours and comes back in every callback; ``callback`` is the address for these, empty when nobody
    outside could reach it.
    """

    to: str
    caller: str
    reference: str = ""
    callback: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """What a callback says of the message or call with our ``reference``; ``reason`` only where it failed."""

    reference: str
    state: State
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Callback:
    """A callback as it came in, before anything of it is believed: the address as the gateway called it, headers by
    their names in lower case, and the bytes of the body."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class Gateway(Protocol):
    """The telephone network as this product sees it."""

    def send_text(self, order: Order, text: str) -> Receipt:
        """Send ``text`` as one SMS. Raises :class:`TelephoneTrouble`."""

    def call(self, order: Order, lines: list[str], *, language: str) -> Receipt:
        """Call and read ``lines`` aloud in ``language`` (``ja``, ``en``), with a second of silence after each.

        Raises :class:`TelephoneTrouble`.
        """

    def news(self, callback: Callback) -> News | None:
        """What a callback says, once its signature is proven; None when it says nothing we keep.

        Raises :class:`Forged`.
        """


class Forged(Exception):
    """A callback that the gateway did not sign, or signed too long ago, or that came before."""


class TelephoneTrouble(Exception):
    """It did not go out. ``reason`` is one word of ours, ``again`` whether the same request may succeed later."""

    reason = Reason.UNREACHABLE
    again = False


class Unreachable(TelephoneTrouble):
    """The gateway did not answer, or answered that it cannot serve now."""

    again = True


class InvalidNumber(TelephoneTrouble):
    """The gateway cannot reach a phone at this number, or not in this way."""

    reason = Reason.INVALID_NUMBER


class Busy(TelephoneTrouble):
    """The line was busy; the person decides whether to try again."""

    reason = Reason.BUSY


class NoAnswer(TelephoneTrouble):
    """Nobody took the call, or the phone is off or out of reach."""

    reason = Reason.NO_ANSWER


class Refused(TelephoneTrouble):
    """The gateway or the phone refuses: our credentials, its balance, a block of the destination."""

    reason = Reason.REFUSED


TROUBLES: dict[Reason, type[TelephoneTrouble]] = {
    trouble.reason: trouble for trouble in (Busy, NoAnswer, Refused, InvalidNumber, Unreachable)
}


def spelled(line: str) -> list[str] | None:
    """The digits of a line that is nothing but digits with a separator between them; None for any other line.

    A gateway says them one by one with a pause after each, so that a pen can follow.
    """
    digits = [char for char in line if char.isdigit()]
    return digits if len(digits) > 1 and not any(char.isalpha() for char in line) else None
