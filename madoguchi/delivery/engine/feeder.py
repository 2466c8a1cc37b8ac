"""What a connection and its feeder say to each other, whatever way the letters leave by."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol


class Step(Enum):
    SESSION = auto()
    MAIL = auto()
    RCPT = auto()
    DATA = auto()
    END = auto()  # of the data: the relay takes the letter over, or not
    NOTHING = auto()  # the end of data that was not wanted
    RSET = auto()
    QUIT = auto()


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait. After the end of the data RFC 5321 4.5.3.2.6 asks for ten minutes, since giving up earlier may
    deliver twice; before it, giving up costs nothing."""

    connect: float = 20.0
    command: float = 60.0
    acceptance: float = 600.0
    idle: float = 20.0


class RelayTrouble(Exception):
    """The relay cannot be used now: not reached, refused the session, answered nonsense."""


@dataclass(slots=True)
class Parcel:
    """A letter on its way: envelope and content as they go over the wire, and the ``letter`` its feeder knows."""

    sender: bytes
    recipient: bytes
    message: bytes
    letter: Any


class Feeder(Protocol):
    """Where connections get their letters, and whom they tell what became of each. ``None`` means nothing to do now; an
    address beyond ASCII is handed to nobody but a connection that ``takes_wide``."""

    def fetch(self, connection: Any) -> Parcel | None: ...
    def accepted(self, parcel: Parcel, reply: str) -> None: ...
    def refused(self, parcel: Parcel, stage: Step, code: int, reply: str) -> None: ...
    def unanswered(self, parcel: Parcel) -> None: ...
    def untried(self, parcel: Parcel) -> None: ...
    def closed(self, connection: Any) -> None: ...
