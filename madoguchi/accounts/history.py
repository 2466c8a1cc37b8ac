"""The login history (ログイン履歴): what the ledger knows of an ID, as its owner reads it, and how long it knows it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from madoguchi.accounts.models import Account, AuthEvent, SignIn

SHOWN = 100
# 13 months: a year back, and the month in which somebody looks. The longest 13 months have 397 days.
KEPT_FOR = timedelta(days=397)
# More events than entries are read: a password and the code after it are one login.
_READ = 3 * SHOWN

_M = AuthEvent.Method
FIRST_FACTORS = (_M.PASSWORD, _M.MAILBOX, _M.BUSINESS, _M.PASSKEY, _M.REGISTRATION)
SECOND_FACTORS = (_M.TOTP, _M.RECOVERY_CODE)
LOOKS = (_M.CALL_RECORDS, _M.CONTACT_PHONE)
LOGINS = (*FIRST_FACTORS, *SECOND_FACTORS, _M.LOGOUT)
# What the history can be narrowed to.
KINDS: dict[str, tuple[str, ...]] = {
    "logins": LOGINS,
    "changes": tuple(set(_M) - set(LOGINS) - set(LOOKS)),
    "call-records": LOOKS,
}


@dataclass(slots=True)
class Entry:
    """A line of the history.

    ``what``: ``login``, ``again`` (proven once more while signed in), or the event's method. ``how``: the methods of a
    login or proof, in their order. ``unfinished``: the first factor was right, the second never came.
    """

    event: AuthEvent
    what: str
    how: list[str]
    unfinished: bool = False

    @property
    def succeeded(self) -> bool:
        return self.event.succeeded and not self.unfinished


def entries(account: Account, *, now: datetime, only: str = "") -> list[Entry]:
    """The newest :data:`SHOWN` of the last 13 months, newest first; ``only``: a key of :data:`KINDS`, or all."""
    events = AuthEvent.objects.filter(account=account, at__gt=now - KEPT_FOR).select_related("sign_in")
    if only:
        events = events.filter(method__in=KINDS[only])
    newest = list(events.order_by("-at", "-pk")[:_READ])
    return list(reversed(list(_merged(reversed(newest)))))[:SHOWN]


def last_login(account: Account, *, but: SignIn | None) -> SignIn | None:
    """The newest login other than ``but``; None at the first."""
    opened = SignIn.objects.filter(account=account, opened_at__isnull=False)
    return (opened.exclude(pk=but.pk) if but else opened).order_by("-opened_at").first()


def _merged(events: Iterable[AuthEvent]) -> Iterator[Entry]:
    """Oldest first: a login's second factor joins its first."""
    logins: dict[int, Entry] = {}
    for event in events:
        entry = _entry(event)
        if entry.what == "login" and event.succeeded and event.sign_in_id:
            first = logins.setdefault(event.sign_in_id, entry)
            if first is not entry:
                first.how.append(event.method)
                continue
        yield entry


def _entry(event: AuthEvent) -> Entry:
    if event.method not in (*FIRST_FACTORS, *SECOND_FACTORS):
        return Entry(event, event.method, [])
    sign_in = event.sign_in
    if sign_in and sign_in.opened_at and event.at > sign_in.opened_at:
        return Entry(event, "again", [event.method])
    unfinished = sign_in is not None and sign_in.opened_at is None
    return Entry(event, "login", [event.method], unfinished=unfinished)


@transaction.atomic
def forget(*, now: datetime) -> int:
    """Delete what is older than 13 months; return how many events.

    The database lets nobody delete from the ledger but a transaction that says it is forgetting, as this one does.
    """
    _may_delete("on")
    events, _ = AuthEvent.objects.filter(at__lt=now - KEPT_FOR).delete()
    _may_delete("off")
    SignIn.objects.filter(ended_at__lt=now - KEPT_FOR).exclude(events__isnull=False).delete()
    return events


def _may_delete(word: str) -> None:
    """Until the end of the transaction, or until the other word."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('madoguchi.forgetting', %s, true)", [word])
