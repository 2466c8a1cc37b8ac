"""Which locks stand on an ID, of logging in and of confirming contact phones alike: for the operator's staff."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from madoguchi.accounts import limits as tries
from madoguchi.accounts import unlocking
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.unlocking import Lock, tries_full_until
from madoguchi.contracts import limits, linking, passcodes, phone_change, phone_entry


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether ``lock`` stands now: ``until`` when, or not at all."""

    lock: Lock
    until: datetime | None


def locks_of(account: Account) -> list[Standing]:
    """Every lock there is, standing or not."""
    until = {
        Lock.WRONG_PHONES: phone_entry.locked_until(account),
        Lock.WRONG_CODES: passcodes.paused_until(account),
        Lock.CODES_SENT: limits.reached_until(account),
    }
    return [Standing(lock, until[lock] if lock in until else _full_until(account, lock)) for lock in Lock]


def _full_until(account: Account, lock: Lock) -> datetime | None:
    """The end of the last of its full buckets: until then some try is refused."""
    ends = [until for one in _buckets(account, lock) if (until := tries.full_until(*one))]
    return max([*ends, *tries_full_until(account, lock)], default=None)


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
