"""Logging in: a first factor, for some a second one, then the session.

Known and unknown addresses and right and wrong passwords take the same road: the same counting, one hash, one row in
the ledger. Only the end differs.
"""

import time
from dataclasses import dataclass

from django.contrib import auth
from django.http import HttpRequest

from madoguchi.accounts import assurance, known_device, limits, second_factor, sessions
from madoguchi.accounts.assurance import Level
from madoguchi.accounts.events import record
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.network import source_network

_PENDING = "login_pending"
# How long the page waits for the one-time code after the password.
PENDING_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Pending:
    """A login whose first factor was right and whose second is still missing."""

    account: Account
    next: str


def check_password(request: HttpRequest, *, email: str, password: str) -> Account | None:
    """The account, if the password is right and the account may log in. Raises :class:`limits.TooMany`.

    ``email`` as :func:`madoguchi.lib.addresses.normal_address` makes it. A wrong password is written in the ledger, a
    right one by :func:`first_factor`.
    """
    target, source = target_of(request, email), source_network(request)
    limits.take(limits.LOGIN_SOURCE, source)
    limits.take(limits.LOGIN_TARGET, target)
    account = auth.authenticate(request, email=email, password=password)
    if account is None:
        record(request, Account.objects.filter(email=email).first(), AuthEvent.Method.PASSWORD, False)
        return None
    limits.give_back(limits.LOGIN_SOURCE, source)
    limits.give_back(limits.LOGIN_TARGET, target)
    return account


def target_of(request: HttpRequest, email: str) -> str:
    """What the tries for an address are counted under: the address, or the address on one browser that knows it."""
    return f"{email} on {known_device.device(request)}" if known_device.knows(request, email) else email


def first_factor(  # noqa: PLR0913 - everything a login is about
    request: HttpRequest, account: Account, method: AuthEvent.Method, *, stay: bool, next: str, detail: str = ""
) -> bool:
    """Go on after a right first factor: True when signed in, False while a second factor is missing.

    Then the session remembers for ten minutes who it is (:func:`pending`).
    """
    sign_in = sessions.begin(request, account, stay=stay)
    record(request, account, method, True, detail=detail)
    if needs_more(account) and not assurance.standing(sign_in).meets(Level.MFA):
        request.session[_PENDING] = {"at": time.time(), "next": next}
        return False
    sessions.open(request)
    return True


def needs_more(account: Account) -> bool:
    """Staff always; customers once they have a second factor."""
    return account.is_staff or assurance.best_level(account) >= Level.MFA


def pending(request: HttpRequest) -> Pending | None:
    kept = request.session.get(_PENDING)
    if not kept or time.time() - kept["at"] > PENDING_SECONDS:
        return None
    sign_in = sessions.row_of(request)
    return Pending(sign_in.account, kept["next"]) if sign_in and sign_in.account.is_active else None


def check_own_password(request: HttpRequest, account: Account, password: str) -> bool:
    """Whether it is the password of ``account``, which is signed in; counted as a login, a wrong one written in the
    ledger. Raises :class:`limits.TooMany`.
    """
    target = target_of(request, account.email)
    limits.take(limits.LOGIN_TARGET, target)
    if not account.check_password(password):
        record(request, account, AuthEvent.Method.PASSWORD, False)
        return False
    limits.give_back(limits.LOGIN_TARGET, target)
    return True


def check_code(request: HttpRequest, account: Account, code: str) -> bool:
    """Whether the one-time code is right; counted, a wrong one noted in the ledger. Raises :class:`limits.TooMany`."""
    limits.take(limits.LOGIN_CODE, str(account.pk))
    if not second_factor.redeem_totp(account, code):
        record(request, account, AuthEvent.Method.TOTP, False)
        return False
    limits.give_back(limits.LOGIN_CODE, str(account.pk))
    return True


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
