"""What follows from what came back: pure rules. The tables of ``docs/delivery.md`` are what they are tested against."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from madoguchi.delivery.models import Return, Suppression
from madoguchi.lib.lanes import Lane

# So many that came back for now, over so long, with nothing delivered in between.
SOFT_TIMES, SOFT_SPAN = 5, timedelta(days=3)

# A provider whose directory breaks: so many of its addresses unknown within so long, such a share of the letters to it,
# and such a share of them had taken the letter before. Then it is not believed for so long.
CROWD, CROWD_WITHIN, CROWD_SHARE, CROWD_KNOWN = 10, timedelta(hours=1), 0.2, 0.5
HOLD = timedelta(hours=24)

# Which mail an address does not get. Codes and links are what somebody asks for at that very moment, and the way to
# prove that an address works again. A complaint is about notices; an answer to an inquiry is not among them.
WITHHELD: dict[Suppression.Reason, frozenset[Lane]] = {
    Suppression.Reason.HARD: frozenset({Lane.TROUBLE, Lane.WORK, Lane.REST}),
    Suppression.Reason.SOFT: frozenset({Lane.TROUBLE, Lane.WORK, Lane.REST}),
    Suppression.Reason.COMPLAINT: frozenset({Lane.TROUBLE, Lane.WORK}),
    Suppression.Reason.OPERATOR: frozenset(Lane),
}

# Enhanced status codes (RFC 3463) by what they are about; the longest that begins the code counts.
_ABOUT = {
    "4": Return.Kind.SOFT,
    "4.7": Return.Kind.OTHER,  # policy: says something of us, not of the address
    "5": Return.Kind.SOFT,
    "5.1": Return.Kind.HARD,  # the address
    "5.1.7": Return.Kind.OTHER,  # the sender's
    "5.1.8": Return.Kind.OTHER,
    "5.2.1": Return.Kind.HARD,  # mailbox disabled
    "5.2.3": Return.Kind.OTHER,  # this message is too long
    "5.3.4": Return.Kind.OTHER,
    "5.5": Return.Kind.OTHER,  # the two machines did not understand one another
    "5.6": Return.Kind.OTHER,  # the content
    "5.7": Return.Kind.OTHER,
}
_UNKNOWN = re.compile(
    r"(?:user|recipient|mailbox|address|account)s? (?:is |was )?(?:unknown|invalid|not found|disabled|doesn't exist)"
    r"|(?:unknown|invalid|no such|non-?existent) (?:local |virtual )?(?:user|recipient|mailbox|address|account)"
    r"|does not exist|no mailbox here|not our customer|宛先不明",
    re.I,
)
_OF_US = re.compile(r"sender|block|spam|polic|denied|authenticat|relay", re.I)
_FULL = re.compile(r"quota|mailbox (?:is )?full|full mailbox|insufficient (?:system )?storage|容量", re.I)


def kind_of(action: str, status: str, words: str) -> Return.Kind:
    """What a report means for its address, by its fields (RFC 3464, 2.3.3 and 2.3.4) and the server's words.

    A status that says nothing (``5.0.0``, or none) gives way to one inside the words, then to the words themselves.
    """
    match action:
        case "delayed":
            return Return.Kind.DELAYED
        case "delivered" | "relayed" | "expanded":
            return Return.Kind.OTHER
    status = telling_status(status, words)
    if status.startswith("2"):
        return Return.Kind.OTHER
    if not status or status[1:] == ".0.0":
        if _FULL.search(words):
            return Return.Kind.SOFT
        return Return.Kind.HARD if not status.startswith("4") and _UNKNOWN.search(words) else Return.Kind.SOFT
    parts = status.split(".")
    cuts = (".".join(parts[:length]) for length in (3, 2, 1))
    return next((_ABOUT[cut] for cut in cuts if cut in _ABOUT), Return.Kind.OTHER)


@lru_cache(maxsize=512)
def of_refusal(reply: str) -> tuple[Return.Kind, str] | None:
    """What the last ``reply`` to a letter that failed while it was being sent says of its address, and the status.

    None where it says nothing: of a policy, of the content, of a server's own trouble, or of nothing in particular.
    The relay's own words are less than a report, so where they name no status they must say it plainly.
    """
    status = telling_status("", reply)
    if reply.startswith("4"):
        full = status == "4.2.2" or (not status and _FULL.search(reply) and "system" not in reply.lower())
        return (Return.Kind.SOFT, status) if full else None
    if not reply.startswith("5"):
        return None
    plain = not _OF_US.search(reply) and (_UNKNOWN.search(reply) or _FULL.search(reply))
    if (not status or status[1:] == ".0.0") and not plain:
        return None
    kind = kind_of("failed", status, reply)
    return (kind, status) if kind in (Return.Kind.HARD, Return.Kind.SOFT) else None


def telling_status(status: str, words: str) -> str:
    """``status``, or where it says nothing the first one inside ``words`` of the same class."""
    if status and status[1:] != ".0.0":
        return status
    inside = re.findall(r"(?<![0-9.])([245]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9.])", words)
    return next((each for each in inside if not status or each[0] == status[0]), status)


@dataclass(frozen=True, slots=True)
class Event:
    """One letter to the address, by when it was sent: what came back of it, or (``None``) that nothing did."""

    at: datetime
    kind: Return.Kind | None


def directory_broken(*, unknown: int, letters: int, took_before: int) -> bool:
    """Whether it is the domain rather than its addresses, of which so many are ``unknown``.

    ``letters`` to the domain in that time, whatever became of them; ``took_before``: of the unknown those that had
    taken the letter before. The rule is in ``docs/delivery-addresses.md``.
    """
    return unknown >= CROWD and unknown >= CROWD_SHARE * letters and took_before >= CROWD_KNOWN * unknown


def verdict(history: Iterable[Event]) -> Suppression.Reason | None:
    """Why nothing more is sent to an address with this history since it was last proven to work; None while it is."""
    events = sorted(history, key=lambda event: event.at)
    kinds = {event.kind for event in events}
    if Return.Kind.COMPLAINT in kinds:
        return Suppression.Reason.COMPLAINT
    if Return.Kind.HARD in kinds:
        return Suppression.Reason.HARD
    soft: list[datetime] = []
    for event in events:
        if event.kind is None:
            soft = []
        elif event.kind == Return.Kind.SOFT:
            soft.append(event.at)
            if len(soft) >= SOFT_TIMES and soft[-1] - soft[0] >= SOFT_SPAN:
                return Suppression.Reason.SOFT
    return None
