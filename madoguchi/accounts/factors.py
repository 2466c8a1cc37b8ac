"""Setting up and giving up second factors.

Each act changes the ID, writes the ledger and queues the mail to its owner in one transaction, while the account's row
is locked: of two acts at once, neither can take away what the other counts on. Pages ask for a fresh proof before any.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.mfa.models import Authenticator
from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest

from madoguchi.accounts import new_password, passkeys, passwords, recovery_codes, second_factor, sessions
from madoguchi.accounts.events import record
from madoguchi.accounts.factor_mail import tell
from madoguchi.accounts.models import Account, AuthEvent, SignIn

_METHOD = AuthEvent.Method


class LastOfStaff(Exception):
    """Staff keep at least one second factor."""


class NeedsLongerPassword(Exception):
    """The password was chosen as one of two factors; alone it would be too short. Another must take its place."""


def turn_on_totp(request: HttpRequest, account: Account, *, secret: str, code: str) -> tuple[str, ...]:
    """Set up the authenticator with ``secret``, which showed ``code``.

    Returns the recovery codes that come with the first factor, to be shown once; none if there are some already.
    """
    fresh = _first_codes(account)
    with _locked(account):
        second_factor.enrol_totp(account, secret, code=code)
        record(request, account, _METHOD.TOTP_ON, True)
        record(request, account, _METHOD.TOTP, True)  # the code proves it: nobody is asked for the next one at once
        _keep(account, fresh)
        tell(account, _METHOD.TOTP_ON)
    return fresh.shown if fresh else ()


def turn_off_totp(request: HttpRequest, account: Account, *, password: str = "") -> None:
    """No one-time passwords any more. ``password``: the new one, where :func:`needs_password` says so.

    Raises :class:`LastOfStaff`, :class:`NeedsLongerPassword`.
    """
    hash = new_password.hashed(password) if password else ""
    with _locked(account):
        found = second_factor.totp(account)
        if found is None:
            return
        _give_up(request, account, found, hash=hash)
        record(request, account, _METHOD.TOTP_OFF, True)
        tell(account, _METHOD.TOTP_OFF)


def add_passkey(request: HttpRequest, account: Account, *, name: str, credential: str) -> tuple[str, ...]:
    """Keep the passkey the browser made, under ``name``. Recovery codes as with :func:`turn_on_totp`.

    Raises :class:`passkeys.Refused`, :class:`passkeys.TooManyPasskeys`.
    """
    fresh = _first_codes(account)
    with _locked(account):
        passkeys.add(request, account, name=name, credential=credential)
        record(request, account, _METHOD.PASSKEY_ADDED, True)
        _keep(account, fresh)
        tell(account, _METHOD.PASSKEY_ADDED, name=name)
    return fresh.shown if fresh else ()


def remove_passkey(request: HttpRequest, account: Account, passkey: Authenticator, *, password: str = "") -> None:
    """As :func:`turn_off_totp`, with one of the account's passkeys."""
    hash = new_password.hashed(password) if password else ""
    with _locked(account):
        found = Authenticator.objects.filter(pk=passkey.pk, user=account).first()
        if found is None:
            return
        _give_up(request, account, found, hash=hash)
        record(request, account, _METHOD.PASSKEY_REMOVED, True)
        tell(account, _METHOD.PASSKEY_REMOVED, name=found.data["name"])


def renew_recovery_codes(request: HttpRequest, account: Account) -> tuple[str, ...]:
    """Ten new recovery codes, to be shown once; the former ones are good no more."""
    fresh = recovery_codes.draw()
    with _locked(account):
        recovery_codes.keep(account, fresh)
        record(request, account, _METHOD.RECOVERY_CODES, True)
        tell(account, _METHOD.RECOVERY_CODES)
    return fresh.shown


def is_last(account: Account, factor: Authenticator) -> bool:
    """Whether nothing stands beside the password once ``factor`` is gone. Recovery codes only ever stand in for one."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return not Authenticator.objects.filter(user=account, type__in=kinds).exclude(pk=factor.pk).exists()


def needs_password(account: Account, factor: Authenticator) -> bool:
    """Whether giving up ``factor`` takes a new password: NIST SP 800-63B-4, 3.1.1.2 has short ones only beside one."""
    return is_last(account, factor) and not passwords.long_enough_alone(account)


def _give_up(request: HttpRequest, account: Account, factor: Authenticator, *, hash: str) -> None:
    last, needed = is_last(account, factor), needs_password(account, factor)
    if last and account.is_staff:
        raise LastOfStaff
    if needed and not hash:
        raise NeedsLongerPassword
    factor.delete()
    if last:
        recovery_codes.discard(account)
    if needed:
        new_password.replace(account, hash)
        SignIn.objects.finish_all(account, SignIn.End.PASSWORD_CHANGED, but=sessions.current(request))
        record(request, account, _METHOD.PASSWORD_CHANGED, True)
        new_password.tell(account, how="changed")
        auth.update_session_auth_hash(request, account)


def _first_codes(account: Account) -> recovery_codes.Fresh | None:
    return None if recovery_codes.left(account) else recovery_codes.draw()


def _keep(account: Account, fresh: recovery_codes.Fresh | None) -> None:
    if fresh:
        recovery_codes.keep(account, fresh)


@contextmanager
def _locked(account: Account) -> Iterator[None]:
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        yield
