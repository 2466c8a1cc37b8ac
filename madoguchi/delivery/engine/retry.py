"""When a letter that could not be delivered is tried again. The table is in ``docs/delivery.md``."""

from madoguchi.lib.lanes import Lane

# Seconds to wait after the first, second, … try; the last counts from there on.
CODES = (5, 10, 20, 40, 60, 120)
OTHERS = (60, 120, 300, 600, 1200, 1800, 3600)


def wait_after(tries: int, lane: Lane, *, chance: float) -> float:
    """Seconds until the next try after ``tries`` of them (1 or more).

    ``chance`` (0 to 1) adds up to a fifth, so that letters refused together do not come back together.
    """
    steps = CODES if lane == Lane.CODES else OTHERS
    return steps[min(tries, len(steps)) - 1] * (1 + chance / 5)


def in_time(wait: float, *, left: float) -> bool:
    """Whether a try ``wait`` seconds from now is worth making when the letter expires in ``left`` seconds."""
    return wait < left
