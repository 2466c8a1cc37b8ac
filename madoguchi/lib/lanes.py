"""The order in which outgoing work is served: one scale for jobs and for mail."""

from enum import IntEnum


class Lane(IntEnum):
    """Lower goes first. Codes somebody waits for, then trouble, then planned work, then the rest."""

    CODES = 0
    TROUBLE = 1
    WORK = 2
    REST = 3

    @property
    def priority(self) -> int:
        """The same order as a Procrastinate priority, where higher goes first."""
        return (Lane.REST - self) * 10
