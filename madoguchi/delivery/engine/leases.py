"""When a lease that ran out may be believed, although clocks jump and databases go away. No clock, no database here.

Leases are written and judged by the database's clock. Were it set forward, all leases would seem over while their
holders go on sending; were the database away for longer than a lease, holders that are about to record what they sent
would be robbed of it. So an engine takes letters over only when it has seen the database's clock keep pace with its own
steady one for a while, and judges by the steady one.
"""

from dataclasses import dataclass

JUMP = 2.0  # seconds by which the database's clock may go astray from ours between two looks


@dataclass(slots=True)
class TakeOver:
    """``grace`` is how long holders have to renew or record after a jump, a start, or an absence. Times are seconds."""

    grace: float
    _offset: float | None = None
    _from: float = float("inf")

    def observe(self, *, database: float, steady: float) -> bool:
        """Note what both clocks say at a moment; whether the database's has jumped since the last time."""
        offset = database - steady
        jumped = self._offset is not None and abs(offset - self._offset) > JUMP
        if self._offset is None or jumped:
            self._from = steady + self.grace
        self._offset = offset
        return jumped

    def lost(self) -> None:
        """The database did not answer."""
        self._offset = None

    def before(self, steady: float) -> float | None:
        """The moment of the database's clock up to which ends of leases are believed; ``None``: none is now."""
        if self._offset is None or steady < self._from:
            return None
        return self._offset + steady
