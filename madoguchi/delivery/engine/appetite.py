"""How many letters a worker holds: what it will send within a short while, so that the rest is left to the others.

The rule and its table are in ``docs/delivery.md``; no clock, no database.
"""

import math
from dataclasses import dataclass

HORIZON = 2.0  # seconds of work that are claimed at a time
LEAST = 20  # letters claimed at a time by a worker that is slow, or does not know yet how fast it is
SURPLUS = 4  # times what it would claim: with more waiting, its relay has become slow, and the rest goes back
_WINDOW = 0.1  # seconds over which letters are counted
_MEMORY = 2.0  # seconds after which a change of pace is mostly believed


def portion(rate: float, *, most: int) -> int:
    """How many letters a worker that ends ``rate`` a second claims at a time, never more than ``most``."""
    return min(most, max(LEAST, math.ceil(rate * HORIZON)))


@dataclass(slots=True)
class Pace:
    """How fast letters end at the relays, whatever they answer. Times are seconds of one steady clock."""

    rate: float = 0.0
    ended: int = 0  # since the count began; whoever ends a letter adds one
    _from: float | None = None

    def look(self, now: float, *, kept_waiting: bool) -> float:
        """Letters a second by now. ``kept_waiting`` says whether letters wait for the relays.

        A worker that has run out of letters has not become slow: then a count only raises the rate.
        """
        if self._from is None:
            self._from = now
        passed = now - self._from
        if passed >= _WINDOW:
            seen = self.ended / passed
            if seen > self.rate or kept_waiting:
                self.rate += (seen - self.rate) * (1 - math.exp(-passed / _MEMORY))
            self._from, self.ended = now, 0
        return self.rate
