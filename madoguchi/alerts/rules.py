"""When something is worth telling: the tables are in ``docs/alerts.md``; no clock, no database. Money in milli-yen."""

from collections.abc import Sequence

MONTHS_COMPARED = 3
TIMES = 2
LEAST = 1_000_000  # a rise below ¥1,000 worries nobody
QUIET_MONTHS = 6  # a country not reached for so long is new again
STEPS = (100, 80)  # percent of the data a plan includes, the higher first


def passes(charge: int, *, budget: int) -> bool:
    """Whether what a month comes to has passed ``budget`` yen; reaching it is not passing it."""
    return charge > budget * 1000


def usual(before: Sequence[int]) -> int | None:
    """What a month usually costs, from the months ``before``, the newest first; None where there is nothing to compare.

    Months before the first one that cost anything do not count: the line may not have been in use.
    """
    costing = [number for number, charge in enumerate(before[:MONTHS_COMPARED]) if charge]
    if not costing:
        return None
    compared = before[: costing[-1] + 1]
    return sum(compared) // len(compared)


def rises(charge: int, before: Sequence[int]) -> bool:
    """Whether a month so far is more than twice the usual one, and by at least ¥1,000."""
    normal = usual(before)
    return normal is not None and charge > TIMES * normal and charge - normal >= LEAST


def step(used: int, *, included: int | None) -> int:
    """The percentage among ``STEPS`` that is reached of the bytes ``included``; 0 for none, and without a limit."""
    if not included:
        return 0
    return next((percent for percent in STEPS if used * 100 >= included * percent), 0)
