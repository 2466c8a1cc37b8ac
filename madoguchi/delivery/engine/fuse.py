"""When the engine pauses a mailing by itself: the rule is in ``docs/delivery.md``; no clock, no database."""

from collections import deque
from dataclasses import dataclass, field

WINDOW = 200  # outcomes looked at, of one mailing
LEAST = 50  # of them before a share means anything
SHARE = 0.4  # failed
IN_A_ROW = 10  # letters refused for what we are or say, whoever they are for


@dataclass(slots=True)
class Tally:
    """The last outcomes of one mailing, from its first failure on."""

    failures: deque[bool] = field(default_factory=lambda: deque(maxlen=WINDOW))
    in_a_row: int = 0  # refusals that are not the recipient's

    def note(self, *, failed: bool, ours: bool = False) -> bool:
        """Note an outcome; whether that is enough. ``ours``: the sender or the content was refused."""
        self.failures.append(failed)
        self.in_a_row = self.in_a_row + 1 if ours else 0
        if self.in_a_row >= IN_A_ROW:
            return True
        return failed and len(self.failures) >= LEAST and sum(self.failures) >= SHARE * len(self.failures)


class Fuses:
    """One for each mailing that gave trouble; the others cost nothing."""

    def __init__(self) -> None:
        self._tallies: dict[int, Tally] = {}

    def sent(self, mailing: int) -> None:
        if self._tallies and (tally := self._tallies.get(mailing)):
            tally.note(failed=False)

    def failed(self, mailing: int, *, ours: bool = False) -> bool:
        """Whether it is to be paused now; its next tally begins anew."""
        while len(self._tallies) > 1000 and mailing not in self._tallies:
            del self._tallies[next(iter(self._tallies))]
        if self._tallies.setdefault(mailing, Tally()).note(failed=True, ours=ours):
            del self._tallies[mailing]
            return True
        return False
