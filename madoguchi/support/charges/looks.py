"""Who looked at a contract's records, and when: what the ledger knows of it, for the holder."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import pgettext

from madoguchi.accounts.history import KEPT_FOR
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.contracts.models import Contract
from madoguchi.lib.addresses import masked
from madoguchi.statements.reading.look_words import words

SHOWN = 100
_READ = 10 * SHOWN


@dataclass(slots=True)
class Look:
    """``times``: in a row, within an hour of one another, at the same thing."""

    at: datetime
    who: str
    what: str
    agent: str
    times: int = 1


def looks(contract: Contract, account: Account) -> list[Look]:
    """The newest first, :data:`SHOWN` at the most; others' addresses are masked."""
    events = AuthEvent.objects.filter(
        contract_number=contract.number, method=AuthEvent.Method.CALL_RECORDS, at__gt=timezone.now() - KEPT_FOR
    ).select_related("account")
    found: list[Look] = []
    before: AuthEvent | None = None
    for event in events.order_by("-at")[:_READ]:
        if before and _together(event, before):
            found[-1].times += 1
        else:
            found.append(Look(event.at, _who(event.account, account), words(event.detail), event.agent))
        before = event
    return found[:SHOWN]


def _together(event: AuthEvent, later: AuthEvent) -> bool:
    same = (event.account_id, event.detail, event.agent) == (later.account_id, later.detail, later.agent)
    return same and later.at - event.at < timedelta(hours=1)


def _who(who: Account | None, reader: Account) -> str:
    if who is None:
        return "–"
    return pgettext("who looked", "You") if who == reader else masked(who.email)
