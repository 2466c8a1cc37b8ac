"""What the link for a forgotten password leads to: a new password, and everything that stood on the old one is over."""

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from madoguchi.accounts import login, new_password, recovery_codes, unlocking
from madoguchi.accounts.assurance import Level, best_level
from madoguchi.accounts.events import record
from madoguchi.accounts.forgotten import made_for
from madoguchi.accounts.hashers import HashingBusy
from madoguchi.accounts.links import LinkDead
from madoguchi.accounts.models import Account, AuthEvent, PasswordReset, SignIn
from madoguchi.delivery.returns import suppression
from madoguchi.lib.tokens import digest

WRONG_CODES_ALLOWED = 5


class WrongCode(Exception):
    """The one-time code is not right."""


def waiting_reset(token: str) -> PasswordReset:
    """The reset this link is for, with its account; raises :class:`LinkDead`. Changes nothing: scanners open links."""
    found = PasswordReset.objects.select_related("account").filter(token_digest=digest(token)).first()
    if found is None:
        raise LinkDead("")
    _raise_if_dead(found)
    return found


def needs_code(account: Account) -> bool:
    """Whether the second factor is asked for here (strict), and not only at the next login (classic).

    In both the new password alone lets nobody in who has a second factor (ASVS 5.0, 6.4.3).
    """
    return settings.SECURITY_PROFILE == "strict" and best_level(account) >= Level.MFA


def complete(request: HttpRequest, token: str, *, password: str, code: str = "") -> Account:
    """Set ``password``; the link is used up, every session and link of the ID has ended, a mail tells.

    Raises :class:`LinkDead`, HashingBusy or, counted, :class:`WrongCode`. Nobody is logged in by it.
    """
    reset = waiting_reset(token)
    hashed = new_password.hashed(password)  # first: when that is refused in a login storm, no code is used up
    if needs_code(account_of(reset)):
        _prove(request, reset, code)
    with transaction.atomic():
        reset = PasswordReset.objects.select_for_update().get(pk=reset.pk)
        account = Account.objects.select_for_update().get(password_resets=reset)
        reset.account = account
        _raise_if_dead(reset)
        reset.end, reset.ended_at = PasswordReset.End.COMPLETED, timezone.now()
        reset.save(update_fields=["end", "ended_at"])
        suppression.proven(account.email)  # its link was read there
        new_password.replace(account, hashed)
        SignIn.objects.finish_all(account, SignIn.End.PASSWORD_RESET)
        record(request, account, AuthEvent.Method.PASSWORD_RESET, True)
        new_password.tell(account, how="reset")
    # Whoever came here may have used up the tries of the address by guessing.
    unlocking.forget_wrong_passwords(account)
    return account


def account_of(reset: PasswordReset) -> Account:
    assert reset.account is not None  # noqa: S101 - a row with a token has one
    return reset.account


def _prove(request: HttpRequest, reset: PasswordReset, code: str) -> None:
    """One of five tries is used before the code is looked at, so that many at the same moment share them."""
    account = account_of(reset)
    this = PasswordReset.objects.filter(pk=reset.pk, end="")
    if not this.filter(wrong_codes__lt=WRONG_CODES_ALLOWED).update(wrong_codes=F("wrong_codes") + 1):
        raise LinkDead(PasswordReset.End.WRONG_CODES)
    try:
        method, right = login.redeem_code(account, recovery_codes.normal(code) or code)
    except HashingBusy:
        this.update(wrong_codes=F("wrong_codes") - 1)
        raise
    record(request, account, method, right, detail="password_reset")
    if right:
        this.update(wrong_codes=F("wrong_codes") - 1)
        return
    if this.filter(wrong_codes__gte=WRONG_CODES_ALLOWED).update(
        end=PasswordReset.End.WRONG_CODES, ended_at=timezone.now()
    ):
        raise LinkDead(PasswordReset.End.WRONG_CODES)
    raise WrongCode


def _raise_if_dead(reset: PasswordReset) -> None:
    if reset.end:
        raise LinkDead(reset.end)
    if reset.expires_at is None or reset.expires_at <= timezone.now():
        raise LinkDead(PasswordReset.End.EXPIRED)
    account = account_of(reset)
    if not account.is_active or reset.made_for != made_for(account):
        raise LinkDead(PasswordReset.End.CHANGED)
