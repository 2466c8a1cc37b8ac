"""Which locks stand on an ID, of logging in and of confirming contact phones alike: for the operator's staff."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from madoguchi.accounts import limits as tries
from madoguchi.accounts import unlocking
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.unlocking import Lock, tries_full
from madoguchi.contracts import limits, linking, passcodes, phone_change, phone_entry


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
        else Standing(lock, tries_full(account, lock) or any(tries.full(*one) for one in _buckets(account, lock)))
        for lock in Lock
    ]


@transaction.atomic
def unlock(account: Account, lock: Lock) -> AuthEvent:
    """Take ``lock`` off ``account``, of logging in or of contact phones: tries so far count no more."""
    event = unlocking.unlock(account, lock)
    for limit, whom in _buckets(account, lock):
        tries.release(limit, whom)
    return event


def _buckets(account: Account, lock: Lock) -> list[tuple[tries.Limit, str]]:
    match lock:
        case Lock.LINKING:
            # Of each customer number the ID tried, which others may have tried too.
            return [(linking.NUMBER, claim) for claim in phone_entry.claims_of(account, since=linking.NUMBER.period)]
        case Lock.NEW_PHONES:
            return [(phone_change.NUMBERS, str(account.pk))]
    return []
