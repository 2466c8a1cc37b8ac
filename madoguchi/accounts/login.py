"""Logging in: a first factor, for some a second one, then the session.

Known and unknown addresses and right and wrong passwords take the same road: the same counting, one hash, one row in
the ledger. Only the end differs.
"""

import contextlib
import time
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import hashers
from django.db import transaction
from django.http import HttpRequest

from madoguchi.accounts import (
    assurance,
    events,
    factor_mail,
    known_device,
    limits,
    mailbox,
    new_device,
    passkeys,
    passwords,
    recovery_codes,
    second_factor,
    sessions,
)
from madoguchi.accounts.assurance import Level
from madoguchi.accounts.events import record
from madoguchi.accounts.hashers import HashingBusy, of_nobody
from madoguchi.accounts.knock import Outlook, give_back, give_back_and_look, knock, look, target
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.network import client_address, source_network
from madoguchi.lib import rows

_PENDING = "login_pending"
# How long the page waits for the one-time code after the password.
PENDING_SECONDS = 600
# Nothing was looked at, so nothing was tried: whoever came in a storm keeps the tries of a quiet day.
_NOT_ASKED = (HashingBusy, mailbox.MailboxBusy, mailbox.MailSystemAway)


@dataclass(frozen=True, slots=True)
class Pending:
    """A login whose first factor was right and whose second is still missing."""

    account: Account
    next: str


class FirstUse(Exception):
    """The mailbox password was right, and the mailbox has no ID yet (:mod:`madoguchi.accounts.first_use`)."""


def check_password(request: HttpRequest, *, email: str, password: str) -> tuple[Account, Outlook] | None:
    """The account and what :func:`first_factor` goes by, if the password is right and the account may log in.
    Raises :class:`limits.TooMany` or HashingBusy.

    ``email`` as :func:`madoguchi.lib.addresses.normal_address` makes it. Under the operator's mail domains it is the
    mailbox's password that counts, and nothing else: raises :class:`FirstUse`, MailboxBusy or MailSystemAway too. A
    wrong password is written in the ledger, a right one by :func:`first_factor`.
    """
    knocked = knock(request, email)
    account = knocked.account
    try:
        if mailbox.is_ours(email):
            right = mailbox.check(email, password, caller=client_address(request))
        else:
            right = _is_password_of(account, password)
    except _NOT_ASKED:
        give_back(knocked)
        raise
    if not right or (account and not account.is_active):
        record(request, account, method_of(email), False)
        return None
    if account is None:
        give_back(knocked)
        raise FirstUse
    return account, give_back_and_look(request, knocked, account)


def _is_password_of(account: Account | None, password: str) -> bool:
    """Costs one hash, compared with nobody's where there is none of the account's."""
    if account is None or not passwords.has_own(account):
        return hashers.check_password(password, of_nobody())
    return account.check_password(password)


def method_of(email: str) -> AuthEvent.Method:
    """Which password this address logs in with."""
    return AuthEvent.Method.MAILBOX if mailbox.is_ours(email) else AuthEvent.Method.PASSWORD


def target_of(request: HttpRequest, email: str) -> str:
    """What the tries for an address are counted under: the address, or the address on one browser that knows it."""
    return target(email, device=known_device.device(request), known=known_device.knows(request, email))


def first_factor(  # noqa: PLR0913 - everything a login is about
    request: HttpRequest,
    account: Account,
    method: AuthEvent.Method,
    *,
    stay: bool,
    next: str,
    outlook: Outlook | None = None,
    detail: str = "",
    proven_at: datetime | None = None,
) -> bool:
    """Go on after a right first factor: True when signed in, False while a second factor is missing.

    Then the session remembers for ten minutes who it is (:func:`pending`). ``outlook`` is asked for unless given.

    Everything is one commit. Where no second factor and no mail is due it is one statement too, in a session that is
    new as well.
    """
    outlook = outlook or look(request, account)
    enough = not needs_more(account, second_factor=outlook.second_factor)
    alone = enough and not outlook.is_news and request.session.session_key is None
    with contextlib.nullcontext() if alone else transaction.atomic():
        sign_in = sessions.begin(request, account, key=outlook.sign_in, stay=stay, enough=enough)
        event = events.about(request, account, method, True, detail=detail, at=sign_in.started_at, proven_at=proven_at)
        if enough:
            rows.insert_together([sign_in, event, *sessions.enter(request, sign_in)])
            if outlook.is_news:
                new_device.tell(event)
            return True
        rows.insert_together([sign_in, event])
        if not assurance.standing(sign_in).meets(Level.MFA):
            request.session[_PENDING] = {"at": time.time(), "next": next}
            return False
        sessions.open(request)
        return True


def needs_more(account: Account, *, second_factor: bool) -> bool:
    """Staff always; customers once they have a ``second_factor``."""
    return account.is_staff or second_factor


def pending(request: HttpRequest) -> Pending | None:
    kept = request.session.get(_PENDING)
    if not kept or time.time() - kept["at"] > PENDING_SECONDS:
        return None
    sign_in = sessions.row_of(request)
    return Pending(sign_in.account, kept["next"]) if sign_in and sign_in.account.is_active else None


def check_own_password(request: HttpRequest, account: Account, password: str) -> bool:
    """Whether it is the password of ``account`` (its mailbox's, if it is one of ours), which is signed in; counted as a
    login, a wrong one written in the ledger. Raises :class:`limits.TooMany` and what :func:`check_password` raises of a
    storm or a mail system.
    """
    target = target_of(request, account.email)
    limits.take(limits.LOGIN_TARGET, target)
    try:
        if mailbox.is_ours(account.email):
            right = mailbox.check(account.email, password, caller=client_address(request))
        else:
            right = account.check_password(password)
    except _NOT_ASKED:
        limits.give_back(limits.LOGIN_TARGET, target)
        raise
    if not right:
        record(request, account, method_of(account.email), False)
        return False
    limits.give_back(limits.LOGIN_TARGET, target)
    return True


def check_code(request: HttpRequest, account: Account, code: str) -> AuthEvent.Method | None:
    """Which of the two ``code`` is, if it is right: a one-time code (six digits) or a recovery code (twelve letters).

    Both count into the same limit; a wrong one is noted in the ledger. Raises :class:`limits.TooMany` or HashingBusy.
    """
    limits.take(limits.LOGIN_CODE, str(account.pk))
    try:
        method, right = redeem_code(account, code)
    except HashingBusy:
        limits.give_back(limits.LOGIN_CODE, str(account.pk))
        raise
    if not right:
        record(request, account, method, False)
        return None
    limits.give_back(limits.LOGIN_CODE, str(account.pk))
    return method


def redeem_code(account: Account, code: str) -> tuple[AuthEvent.Method, bool]:
    """Which kind ``code`` is by its length, and whether it is right. It is used up; a recovery code's use is told."""
    if len(code) != recovery_codes.LENGTH:
        return AuthEvent.Method.TOTP, second_factor.redeem_totp(account, code)
    right = recovery_codes.redeem(account, code)
    if right:
        factor_mail.tell(account, AuthEvent.Method.RECOVERY_CODE, left=str(recovery_codes.left(account)))
    return AuthEvent.Method.RECOVERY_CODE, right


def check_passkey(
    request: HttpRequest, account: Account | None, *, purpose: passkeys.Purpose, credential: str
) -> passkeys.Used | None:
    """The passkey that answered, ``account``'s where one is given; a refusal is noted in the ledger.

    Nobody guesses a passkey, so an account's tries are not counted, and strangers cannot use them up; only those of a
    network are, because each costs a little. Raises :class:`limits.TooMany`.
    """
    source = source_network(request)
    limits.take(limits.LOGIN_SOURCE, source)
    try:
        used = passkeys.redeem(request, account, purpose=purpose, credential=credential)
    except passkeys.Refused as refused:
        record(request, refused.account or account, AuthEvent.Method.PASSKEY, False, detail=str(refused))
        return None
    limits.give_back(limits.LOGIN_SOURCE, source)
    return used


def second_factor_done(request: HttpRequest, account: Account, method: AuthEvent.Method, *, detail: str = "") -> None:
    """Sign in ``account``, whose login was :func:`pending`, after a right second factor."""
    request.session.pop(_PENDING, None)
    record(request, account, method, True, detail=detail)
    sessions.open(request)


def log_out(request: HttpRequest) -> None:
    """Sign out, and note it."""
    if request.user.is_authenticated:
        record(request, request.user, AuthEvent.Method.LOGOUT, True)
    sessions.close(request)
