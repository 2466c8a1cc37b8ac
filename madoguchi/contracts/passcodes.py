"""E3 and E4: a code is sent to the contract's phone, and typed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from madoguchi.accounts import assurance
from madoguchi.accounts.events import record
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.unlocking import Lock, counted_since
from madoguchi.contracts import budgets, limits
from madoguchi.contracts.contact_phone import Channel, PhoneKind, budget_prefix, channels, kind
from madoguchi.contracts.jobs import deliver_code
from madoguchi.contracts.models import Contract, Dispatch, Passcode
from madoguchi.contracts.sessions import account_of, sign_in_of

FAILURES_A_DAY = 10
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a code is asked for: a contract, the phone the code goes to (E.164), and what a right one is to bring about.

    A code asked for one thing is good for no other.
    """

    contract: Contract
    phone: str
    purpose: Passcode.Purpose


class NoWay(Exception):
    """The contract's phone cannot be reached in the way asked for."""


class Paused(Exception):
    """Too many wrong codes in a day for this ID; ``until`` says when codes may be tried again."""

    def __init__(self, until: datetime) -> None:
        super().__init__("paused")
        self.until = until


class WrongCode(Exception):
    def __init__(self, tries_left: int) -> None:
        super().__init__("wrong")
        self.tries_left = tries_left


class CodeOver(Exception):
    """There is no code to compare with any more. ``end`` says why: a :class:`Passcode.End`."""

    def __init__(self, end: str) -> None:
        super().__init__(end)
        self.end = end


def send(request: HttpRequest, ask: Ask, channel: Channel) -> Passcode:
    """Have a code sent to the phone of ``ask``; the job commits with it.

    While a code for the same session, ``ask`` and channel is alive the same one goes out again, its end unchanged:
    messages may overtake one another. Raises :class:`NoWay`, :class:`Paused`, :class:`limits.LimitReached`: then
    nothing is left behind, but that staff are told when a budget is spent.
    """
    if channel not in channels(ask.phone):
        raise NoWay
    try:
        with transaction.atomic():
            return _send(request, ask, channel)
    except limits.LimitReached as reached:
        if reached.budget:
            budgets.raise_alarm(reached.budget, budget_prefix(ask.phone))
        raise


def _send(request: HttpRequest, ask: Ask, channel: Channel) -> Passcode:
    account = account_of(request)
    _lock(account)
    _raise_if_paused(account)
    limits.claim_sending(request, account, ask.phone)
    passcode = _same(request, ask, channel) or _fresh(request, ask, channel)
    dispatch = Dispatch.objects.create(passcode=passcode, phone=passcode.phone, prefix=budget_prefix(passcode.phone))
    deliver_code.defer(dispatch_id=dispatch.pk)
    return passcode


def redeem(request: HttpRequest, ask: Ask, code: str, *, then: Callable[[], object]) -> None:
    """Have the six digits typed judged; with a right code ``then`` is carried out in the same transaction.

    A try is counted before it is judged by anybody else: they come one at a time. Raises :class:`WrongCode`,
    :class:`CodeOver`, :class:`Paused`, and what ``then`` raises, which leaves the code as it was.
    """
    account = account_of(request)
    with transaction.atomic():
        _lock(account)
        _raise_if_paused(account)
        passcode = latest(request, ask, lock=True)
        if passcode is None or not passcode.is_live:
            raise CodeOver((passcode and passcode.end) or Passcode.End.EXPIRED)
        right = passcode.redeem(code)
        record(
            request,
            account,
            AuthEvent.Method.CONTACT_PHONE,
            right,
            # The ledger is the ID's to read: it names a contract only once that is the ID's to know.
            contract_number=ask.contract.number if right or ask.purpose != Passcode.Purpose.LINK else "",
            detail=_how(passcode) if right else "wrong_code",
        )
        if right:
            then()
    if not right:
        if not passcode.tries_left:
            raise CodeOver(Passcode.End.USED_UP)
        raise WrongCode(passcode.tries_left)


def latest(request: HttpRequest, ask: Ask, *, lock: bool = False) -> Passcode | None:
    """The newest code asked for in this session for ``ask``, alive or not."""
    found = Passcode.objects.filter(
        sign_in=sign_in_of(request), contract=ask.contract, phone=ask.phone, purpose=ask.purpose
    ).order_by("-created_at", "-pk")
    return (found.select_for_update() if lock else found).first()


def newest(request: HttpRequest) -> Passcode | None:
    """The newest code asked for in this sign-in, for whatever."""
    mine = Passcode.objects.filter(sign_in=sign_in_of(request))
    return mine.order_by("-created_at", "-pk").first()


def paused_until(account: Account) -> datetime | None:
    """Until when no code counts for ``account``: ten wrong ones within 24 hours; None when there is no pause."""
    wrong = AuthEvent.objects.filter(
        account=account,
        method=AuthEvent.Method.CONTACT_PHONE,
        succeeded=False,
        detail="wrong_code",
        at__gt=counted_since(account, Lock.WRONG_CODES, timezone.now() - _DAY),
    ).order_by("-at")
    times = list(wrong.values_list("at", flat=True)[:FAILURES_A_DAY])
    return times[-1] + _DAY if len(times) >= FAILURES_A_DAY else None


def _how(passcode: Passcode) -> str:
    """The word of the ledger: an IP phone lifts to a lower rung."""
    return assurance.BY_IP_PHONE if kind(passcode.phone) == PhoneKind.IP_PHONE else passcode.channel


def _lock(account: Account) -> None:
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)


def _raise_if_paused(account: Account) -> None:
    if until := paused_until(account):
        raise Paused(until)


def _same(request: HttpRequest, ask: Ask, channel: Channel) -> Passcode | None:
    passcode = latest(request, ask, lock=True)
    return passcode if passcode and passcode.is_live and passcode.channel == channel else None


def _fresh(request: HttpRequest, ask: Ask, channel: Channel) -> Passcode:
    sign_in = sign_in_of(request)
    before = Passcode.objects.filter(sign_in=sign_in, contract=ask.contract, purpose=ask.purpose)
    before.supersede()
    return Passcode.make(
        sign_in=sign_in,
        contract=ask.contract,
        purpose=ask.purpose,
        channel=channel,
        phone=ask.phone,
        language=(get_language() or sign_in.account.language)[:2],
    )
