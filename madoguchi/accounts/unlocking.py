"""What the operator's staff may take off an ID again: locks that too many wrong tries put on it.

Where tries are counted in the ledger or in rows that stay, an event of the ledger says from when they count anew: so
nothing is erased, and the customer sees in the history that it was done.
"""

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from madoguchi.accounts import known_device, limits
from madoguchi.accounts.models import Account, AuthEvent


class Lock(StrEnum):
    LOGIN = "login"  # wrong passwords
    LOGIN_CODE = "login_code"  # wrong one-time codes
    WRONG_PHONES = "wrong_phones"  # named as a contract's contact phone
    WRONG_CODES = "wrong_codes"  # sent to a contact phone
    CODES_SENT = "codes_sent"  # too many to one number
    LINKING = "linking"  # customer numbers typed with another phone
    NEW_PHONES = "new_phones"  # named as a contract's next contact phone


@transaction.atomic
def unlock(account: Account, lock: Lock) -> AuthEvent:
    """Take ``lock`` off ``account``: tries so far count no more."""
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    for limit, whom in _buckets(account, lock):
        limits.release(limit, whom)
    return by_staff(account, AuthEvent.Method.UNLOCKED, detail=lock)


def forget_wrong_passwords(account: Account) -> None:
    """After a new password, whoever guessed at the old one: at the address, or on a browser with tries of its own."""
    for limit, whom in _buckets(account, Lock.LOGIN):
        limits.release(limit, whom)


def counted_since(account: Account, lock: Lock, since: datetime) -> datetime:
    """From when tries count: ``since``, or when staff last took the lock off, if that is later."""
    taken_off = AuthEvent.objects.filter(account=account, method=AuthEvent.Method.UNLOCKED, detail=lock, at__gt=since)
    return taken_off.order_by("-at").values_list("at", flat=True).first() or since


def tries_full_until(account: Account, lock: Lock) -> list[datetime]:
    """Until when those buckets of ``lock`` are full that let nobody try now."""
    return [until for one in _buckets(account, lock) if (until := limits.full_until(*one))]


def by_staff(account: Account, method: AuthEvent.Method, *, detail: str) -> AuthEvent:
    """Note in the ledger of ``account`` what staff did: without the network and browser, which are not the owner's."""
    return AuthEvent.objects.create(account=account, method=method, succeeded=True, detail=detail)


def _buckets(account: Account, lock: Lock) -> list[tuple[limits.Limit, str]]:
    match lock:
        case Lock.LOGIN:
            # Of the address, and of each browser that counts its own tries for it.
            whom = [account.email, *(f"{account.email} on {device}" for device in _devices(account))]
            return [(limits.LOGIN_TARGET, one) for one in whom]
        case Lock.LOGIN_CODE:
            return [(limits.LOGIN_CODE, str(account.pk))]
    return []


def _devices(account: Account) -> set[str]:
    known = AuthEvent.objects.filter(account=account, succeeded=True, method__in=known_device.FIRST_FACTORS)
    return set(known.exclude(device="").values_list("device", flat=True))
