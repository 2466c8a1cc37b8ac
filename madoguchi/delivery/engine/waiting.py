"""Letters ready to go, in the order they are to go. A group at its limit stands aside and lets the others pass, and so
do letters that this relay cannot take and another may."""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from madoguchi.delivery.compose import Composed
from madoguchi.delivery.engine.appetite import portion
from madoguchi.delivery.engine.outbox import Claimed
from madoguchi.delivery.engine.pacing import Limit, Rate, group_of
from madoguchi.lib.lanes import Lane

Ready = tuple[Claimed, Composed]
# How soon a place on the way becomes free, for groups that are limited by connections alone: a guess.
_A_PLACE = 0.2


class Takes(Enum):
    """Which letters a relay's connection is given."""

    ALL = auto()
    ASCII = auto()  # all but those to addresses that need SMTPUTF8 (RFC 6531)
    WIDE = auto()  # those alone, set aside by a relay that is preferred


def is_wide(letter: Claimed) -> bool:
    """Whether only a relay with SMTPUTF8 takes it; a domain beyond ASCII has a form that every relay takes."""
    return not letter.address.rpartition("@")[0].isascii()


@dataclass(slots=True)
class Group:
    """A limited group: what is on the way to it, and when its next letter may go. Times are of one steady clock."""

    limit: Limit
    rate: Rate | None
    on_the_way: int = 0
    later_at: float = 0.0

    @classmethod
    def of(cls, limit: Limit) -> "Group":
        return cls(limit, Rate(limit.rate) if limit.rate else None)

    def wait(self, now: float) -> float:
        """Seconds until a letter may go; infinite while all places are taken."""
        if self.limit.connections is not None and self.on_the_way >= self.limit.connections:
            return float("inf")
        return self.rate.wait(now) if self.rate else 0.0

    def begin(self, now: float) -> None:
        self.on_the_way += 1
        if self.rate:
            self.rate.take(now)

    def postpone(self, now: float, *, ahead: int) -> float:
        """Seconds to send one more letter away for, when ``ahead`` stand aside already: each gets a time of its own."""
        each = 1 / self.limit.rate if self.limit.rate else _A_PLACE
        self.later_at = max(self.later_at, now + ahead * each) + each
        return self.later_at - now


class Waiting:
    """``room`` letters of one limited group may stand aside, of one with a rate no more than go soon;
    ``too_many(letter, wait)`` takes those beyond. ``left`` is called when one is left to another relay."""

    def __init__(
        self,
        limits: Mapping[str, Limit],
        *,
        room: int,
        too_many: Callable[[Claimed, float], None],
        left: Callable[[], object] = lambda: None,
    ) -> None:
        self._groups = {name: Group.of(limit) for name, limit in limits.items()}
        self._room, self._too_many, self._left = room, too_many, left
        self._ready: dict[Lane, deque[Ready]] = {lane: deque() for lane in Lane}
        self._aside: dict[Lane, dict[str, deque[Ready]]] = {lane: {} for lane in Lane}
        self._wide: dict[Lane, deque[Ready]] = {lane: deque() for lane in Lane}  # that a relay could not take

    def put(self, lane: Lane, letter: Claimed, composed: Composed) -> None:
        self._ready[lane].append((letter, composed))

    def ready(self, lane: Lane) -> int:
        """How many letters wait whose turn it is, or that have not been looked at."""
        return len(self._ready[lane])

    def count(self, lanes: Sequence[Lane], takes: Takes = Takes.ALL) -> int:
        """How many letters of these lanes wait for such a relay, those that stand aside among them."""
        waiting = 0
        for lane in lanes:
            if takes is not Takes.ASCII:
                waiting += len(self._wide[lane])
            if takes is not Takes.WIDE:
                waiting += len(self._ready[lane]) + sum(len(letters) for letters in self._aside[lane].values())
        return waiting

    @property
    def wide(self) -> bool:
        """Whether letters stand aside for a relay that takes them."""
        return any(self._wide.values())

    def next(self, lane: Lane, now: float, takes: Takes = Takes.ALL) -> Ready | None:
        """The next letter of ``lane`` that may go now, over a connection that ``takes`` it. Codes always may."""
        for one in self._in_turn(lane, now, takes):
            if takes is Takes.ASCII and is_wide(one[0]):
                self._leave_to_another(lane, one)
                continue
            if not self._groups or lane is Lane.CODES:
                return one
            name = group_of(one[0].address)
            if name not in self._groups or not self._groups[name].wait(now):
                return one
            self._stand_aside(lane, name, one, now)
        return None

    def _in_turn(self, lane: Lane, now: float, takes: Takes) -> Iterator[Ready]:
        """Remove letters of ``lane`` in their order: first those that stood aside and whose turn has come."""
        if takes is not Takes.ASCII:
            for _ in range(len(self._wide[lane])):
                yield self._wide[lane].popleft()
        if takes is Takes.WIDE:
            return
        for name in list(self._aside[lane]):
            while (letters := self._aside[lane].get(name)) and not self._groups[name].wait(now):
                one = letters.popleft()
                if not letters:
                    del self._aside[lane][name]
                yield one
        while self._ready[lane]:
            yield self._ready[lane].popleft()

    def _leave_to_another(self, lane: Lane, one: Ready) -> None:
        waiting = self._wide[lane]
        if len(waiting) >= self._room:
            self._too_many(one[0], self._room * _A_PLACE)
            return
        waiting.append(one)
        if len(waiting) == 1:
            self._left()

    def _stand_aside(self, lane: Lane, name: str, one: Ready, now: float) -> None:
        letters = self._aside[lane].setdefault(name, deque())
        group = self._groups[name]
        if len(letters) < (portion(group.limit.rate, most=self._room) if group.limit.rate else self._room):
            letters.append(one)
        else:
            self._too_many(one[0], group.postpone(now, ahead=len(letters)))

    def soonest(self, now: float) -> float:
        """Seconds until one that stands aside may go by its rate; infinite if none does or all wait for a place."""
        names = {name for groups in self._aside.values() for name in groups}
        return min((self._groups[name].wait(now) for name in names), default=float("inf"))

    def begun(self, letter: Claimed, now: float) -> None:
        """It is on the way."""
        if self._groups and (group := self._groups.get(group_of(letter.address))):
            group.begin(now)

    def done(self, letter: Claimed) -> bool:
        """It is not on the way any more; whether that made a place free that somebody waits for."""
        if not self._groups or not (group := self._groups.get(group_of(letter.address))):
            return False
        group.on_the_way -= 1
        return group.limit.connections is not None and any(self._aside.values())

    def beyond(self, many: int) -> Iterator[Claimed]:
        """Remove what waits beyond so many letters: the least urgent first, the last to go first."""
        surplus = sum(len(letters) for letters in self._ready.values()) - many
        for lane in reversed(Lane):
            while surplus > 0 and self._ready[lane]:
                surplus -= 1
                yield self._ready[lane].pop()[0]

    def take_out_wide(self) -> Iterator[Claimed]:
        """Remove what stands aside for a relay that takes it."""
        for letters in self._wide.values():
            while letters:
                yield letters.popleft()[0]

    def take_out(self, mailings: Collection[int] | None = None) -> Iterator[Claimed]:
        """Remove the letters of these mailings, or all."""
        for lane in Lane:
            queues = [self._ready[lane], self._wide[lane], *self._aside[lane].values()]
            for letters in queues:
                kept = deque(one for one in letters if mailings is not None and one[0].mailing not in mailings)
                yield from [letter for letter, _ in letters if mailings is None or letter.mailing in mailings]
                letters.clear()
                letters.extend(kept)
            self._aside[lane] = {name: letters for name, letters in self._aside[lane].items() if letters}
