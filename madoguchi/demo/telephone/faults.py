"""How a phone of the demo may misbehave, and what the network tells then and when."""

from dataclasses import dataclass
from enum import StrEnum

from madoguchi.delivery.telephony import Reason, State


class Kind(StrEnum):
    NORMAL = "normal"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    LATE = "late"
    LOST = "lost"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Fault:
    """``seconds`` is how late, for ``late`` alone."""

    kind: Kind = Kind.NORMAL
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What the network tells ``after`` so many seconds."""

    after: float
    state: State
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """When it arrives at the phone (None: never), in seconds, and what is told of it on the way."""

    arrives: float | None
    steps: tuple[Step, ...]


_ON_ITS_WAY = Step(0.5, State.SENT)


def course(fault: Fault, *, by_voice: bool) -> Course:
    """What becomes of a message or call to a phone with this fault."""
    taken = 5.0 if by_voice else 1.5  # somebody has to pick up and listen
    match fault.kind:
        case Kind.NORMAL:
            return Course(0, (_ON_ITS_WAY, Step(taken, State.DELIVERED)))
        case Kind.LATE:
            return Course(fault.seconds, (_ON_ITS_WAY, Step(fault.seconds + taken, State.DELIVERED)))
        case Kind.LOST:
            return Course(None, (_ON_ITS_WAY,))
        case Kind.NO_ANSWER:
            return Course(None, (_ON_ITS_WAY, Step(taken, State.FAILED, Reason.NO_ANSWER)))
        case Kind.BUSY:
            return Course(None, (Step(1, State.FAILED, Reason.BUSY),))
        case Kind.REFUSED:
            return Course(None, (Step(1, State.FAILED, Reason.REFUSED),))
