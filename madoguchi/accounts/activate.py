"""Final registration: the link of the mail and the password, given again, make the account."""

from typing import NoReturn

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from madoguchi.accounts.events import record
from madoguchi.accounts.hashers import HashingBusy
from madoguchi.accounts.links import LinkDead
from madoguchi.accounts.models import Account, AuthEvent, Registration, TermsAcceptance
from madoguchi.delivery.returns import suppression
from madoguchi.lib.tokens import digest

WRONG_PASSWORDS_ALLOWED = 5


class WrongPassword(Exception):
    """``left`` tries remain before the link is dead."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


def waiting_registration(token: str) -> Registration:
    """The registration this link is for; raises :class:`LinkDead`. Changes nothing: mail scanners open links."""
    registration = Registration.objects.filter(token_digest=digest(token)).first()
    if registration is None:
        raise LinkDead("")
    _raise_if_dead(registration)
    return registration


def complete(request: HttpRequest, token: str, *, password: str) -> Account:
    """Final registration: the account, its verified address and its consent. The link is used up.

    Signing in, and with it the row of the ledger, is the caller's next step.

    Raises :class:`LinkDead`, HashingBusy or, counted, :class:`WrongPassword`.
    """
    registration = waiting_registration(token)
    if not _right_password(registration, password):
        _refuse(request, registration)
    with transaction.atomic():
        registration = Registration.objects.select_for_update().get(pk=registration.pk)
        _raise_if_dead(registration, tried=True)
        account = _account_of(registration)
        if account:
            suppression.proven(account.email)
        _end(registration, Registration.End.COMPLETED if account else Registration.End.EXISTING)
    if account is None:
        raise LinkDead(Registration.End.EXISTING)
    return account


def _right_password(registration: Registration, password: str) -> bool:
    """One of the five tries is used before the hash is computed, so that many at the same moment share them."""
    this = Registration.objects.filter(pk=registration.pk)
    if not this.filter(wrong_passwords__lt=WRONG_PASSWORDS_ALLOWED).update(wrong_passwords=F("wrong_passwords") + 1):
        raise LinkDead(Registration.End.WRONG_PASSWORDS)
    try:
        return check_password(password, registration.password)
    except HashingBusy:
        this.update(wrong_passwords=F("wrong_passwords") - 1)
        raise


def _raise_if_dead(registration: Registration, *, tried: bool = False) -> None:
    if registration.end:
        raise LinkDead(registration.end)
    if registration.expires_at <= timezone.now():
        raise LinkDead(Registration.End.EXPIRED)
    if not tried and registration.wrong_passwords >= WRONG_PASSWORDS_ALLOWED:
        raise LinkDead(Registration.End.WRONG_PASSWORDS)


def _refuse(request: HttpRequest, registration: Registration) -> NoReturn:
    record(request, None, AuthEvent.Method.REGISTRATION, False, detail="wrong password")
    registration.refresh_from_db(fields=["wrong_passwords"])
    left = WRONG_PASSWORDS_ALLOWED - registration.wrong_passwords
    if left <= 0:
        _end(registration, Registration.End.WRONG_PASSWORDS)
        raise LinkDead(Registration.End.WRONG_PASSWORDS)
    raise WrongPassword(left)


def _account_of(registration: Registration) -> Account | None:
    """A new account out of the registration, or None when the address has got one in the meantime."""
    account = Account(
        email=registration.email,
        password=registration.password,
        password_rules=registration.password_rules,
        family_name_kana=registration.family_name_kana,
        given_name_kana=registration.given_name_kana,
        birth_date=registration.birth_date,
        language=registration.language,
    )
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError:
        return None
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    if registration.terms_version:
        TermsAcceptance.objects.create(
            account=account,
            kind="terms",
            version=registration.terms_version,
            accepted_at=registration.terms_agreed_at,
        )
    return account


def _end(registration: Registration, end: Registration.End) -> None:
    registration.end, registration.ended_at = end, timezone.now()
    registration.save(update_fields=["end", "ended_at"])
