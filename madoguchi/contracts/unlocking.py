"""Which locks stand on an ID, of logging in and of confirming contact phones alike: for the operator's staff."""

from dataclasses import dataclass
from datetime import datetime

from madoguchi.accounts.models import Account
from madoguchi.accounts.unlocking import Lock, tries_full
from madoguchi.contracts import limits, passcodes, phone_entry


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether ``lock`` stands now, and until when if that can be said."""

    lock: Lock
    locked: bool
    until: datetime | None = None


def locks_of(account: Account) -> list[Standing]:
    """Every lock there is, standing or not."""
    until = {
        Lock.WRONG_PHONES: phone_entry.locked_until(account),
        Lock.WRONG_CODES: passcodes.paused_until(account),
        Lock.CODES_SENT: limits.reached_until(account),
    }
    return [
        Standing(lock, until[lock] is not None, until[lock])
        if lock in until
        else Standing(lock, tries_full(account, lock))
        for lock in Lock
    ]
