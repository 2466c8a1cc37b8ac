"""How an engine works, apart from whom it hands letters to; and the clock it works by."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from madoguchi.delivery.engine.feeder import Patience
from madoguchi.delivery.engine.pacing import FIRST_PAUSE, Limit


def steady() -> float:
    """Seconds of a clock that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(frozen=True, slots=True)
class Options:
    """``limits`` are those of groups of addresses. Times are seconds."""

    limits: Mapping[str, Limit] = field(default_factory=dict)
    batch: int = 500
    lease: float = 60.0
    group_pause: float = FIRST_PAUSE
    poll: float = 5.0
    patience: Patience = field(default_factory=Patience)
