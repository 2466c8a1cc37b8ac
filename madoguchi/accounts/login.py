"""Logging in: the password, for some a one-time code, then the session.

Known and unknown addresses and right and wrong passwords take the same road: the same counting, one hash, one row in
the ledger. Only the end differs.
"""

import time
from dataclasses import dataclass

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, get_random_string

from madoguchi.accounts import limits, second_factor
from madoguchi.accounts.events import record
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.network import source_network
from madoguchi.lib.tokens import digest

_PENDING = "login_pending"
# How long the page waits for the one-time code after the password.
PENDING_SECONDS = 600
KNOWN_DEVICE_COOKIE = f"{settings.COOKIE_PREFIX}known"
_KNOWN_DEVICE_SECONDS = 60 * 60 * 24 * 180


@dataclass(frozen=True, slots=True)
class Pending:
    """A login whose password was right and whose one-time code is still missing."""

    account: Account
    stay: bool
    next: str


def check_password(request: HttpRequest, *, email: str, password: str) -> Account | None:
    """The account, if the password is right and the account may log in. Raises :class:`limits.TooMany`.

    ``email`` as :func:`madoguchi.lib.addresses.normal_address` makes it.
    """
    target, source = _target(request, email), source_network(request)
    limits.take(limits.LOGIN_SOURCE, source)
    limits.take(limits.LOGIN_TARGET, target)
    account = auth.authenticate(request, email=email, password=password)
    known = account or Account.objects.filter(email=email).first()
    record(request, known, AuthEvent.Method.PASSWORD, account is not None)
    if account is not None:
        limits.give_back(limits.LOGIN_SOURCE, source)
        limits.give_back(limits.LOGIN_TARGET, target)
    return account


def needs_code(account: Account) -> bool:
    """Staff always; customers once they have an authenticator."""
    return account.is_staff or second_factor.has_totp(account)


def suspend(request: HttpRequest, account: Account, *, stay: bool, next: str) -> None:
    """Remember, in the session, that the password was right, until the code comes."""
    request.session.cycle_key()
    request.session[_PENDING] = {"account": account.pk, "at": time.time(), "stay": stay, "next": next}


def pending(request: HttpRequest) -> Pending | None:
    kept = request.session.get(_PENDING)
    if not kept or time.time() - kept["at"] > PENDING_SECONDS:
        return None
    account = Account.objects.filter(pk=kept["account"], is_active=True).first()
    return Pending(account, kept["stay"], kept["next"]) if account else None


def check_code(request: HttpRequest, account: Account, code: str) -> bool:
    """Whether the one-time code is right; counted, and written in the ledger. Raises :class:`limits.TooMany`."""
    limits.take(limits.LOGIN_CODE, str(account.pk))
    right = second_factor.redeem_totp(account, code)
    record(request, account, AuthEvent.Method.TOTP, right)
    if right:
        limits.give_back(limits.LOGIN_CODE, str(account.pk))
    return right


def open_session(request: HttpRequest, account: Account, *, stay: bool, code_proven: bool = False) -> None:
    """Sign in under a new session key. Without ``stay`` the session ends with the browser."""
    request.session.pop(_PENDING, None)
    auth.login(request, account)
    request.session.set_expiry(60 * 60 * 24 * settings.STAY_SIGNED_IN_DAYS if stay else 0)
    record_authentication(request, account, method="password")
    if code_proven:
        second_factor.record_proof(request, account)


def add_code_proof(request: HttpRequest, account: Account) -> None:
    """The second factor of somebody signed in already, under a new session key."""
    request.session.cycle_key()
    second_factor.record_proof(request, account)


def close_session(request: HttpRequest) -> None:
    """Sign out; everything the session held is gone."""
    if request.user.is_authenticated:
        record(request, request.user, AuthEvent.Method.LOGOUT, True)
    auth.logout(request)


def remember_device(request: HttpRequest, response: HttpResponse, account: Account) -> None:
    """Let this browser count its own tries for this address from now on.

    So that strangers who exhaust an address's tries do not lock out its holder. The cookie proves nothing else, says
    nothing about the person and is good for one address.
    """
    if _known_device(request, account.email):
        return
    nonce = get_random_string(22)
    response.set_cookie(
        KNOWN_DEVICE_COOKIE,
        f"{nonce}.{_device_proof(nonce, account.email)}",
        max_age=_KNOWN_DEVICE_SECONDS,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def _target(request: HttpRequest, email: str) -> str:
    """What the tries for an address are counted under: the address, or the address on one known device."""
    return f"{email} on {device}" if (device := _known_device(request, email)) else email


def _known_device(request: HttpRequest, email: str) -> str:
    nonce, _dot, proof = request.COOKIES.get(KNOWN_DEVICE_COOKIE, "").partition(".")
    return nonce if nonce and constant_time_compare(proof, _device_proof(nonce, email)) else ""


def _device_proof(nonce: str, email: str) -> str:
    return digest(f"known device {nonce} of {email}")
