"""What a look at one thing found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from django.utils.functional import Promise


class Level(IntEnum):
    GOOD = 0
    WARNING = 1  # works, and should be seen to
    BAD = 2  # does not work, or will hurt customers


@dataclass(frozen=True, slots=True)
class Finding:
    """``said`` is the fact, ``remedy`` what to do. Neither holds a secret, an address of a person or a number."""

    level: Level
    said: str | Promise
    remedy: str | Promise = ""


def good(said: str | Promise) -> Finding:
    return Finding(Level.GOOD, said)


def warning(said: str | Promise, remedy: str | Promise) -> Finding:
    return Finding(Level.WARNING, said, remedy)


def bad(said: str | Promise, remedy: str | Promise) -> Finding:
    return Finding(Level.BAD, said, remedy)


# Looks at one thing. What it raises is itself a finding, told by the name of its class alone.
Look = Callable[[], Iterator[Finding]]
