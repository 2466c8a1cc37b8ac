"""The first login of somebody whose address another system vouches for: the ID is made when the terms are agreed to.

Until then nothing is stored but, sealed in the session for a while, who it is.
"""

from dataclasses import asdict, dataclass

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from madoguchi.accounts import sealed
from madoguchi.accounts.business.vouching import Vouched
from madoguchi.accounts.models import Account, ExternalIdentity, TermsAcceptance

# How long the page waits for the agreement.
SECONDS = 900
_KEY = "first_use"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody with no ID yet: a mailbox of the operator's, or a business account with a confirmed address."""

    email: str
    stay: bool
    next: str
    vouched: Vouched | None = None


def begin(request: HttpRequest, newcomer: Newcomer) -> None:
    """Remember who it is, under a new session key, until the terms are agreed to."""
    request.session.cycle_key()
    sealed.keep(request, _KEY, asdict(newcomer))


def waiting(request: HttpRequest) -> Newcomer | None:
    kept = sealed.kept(request, _KEY, seconds=SECONDS)
    if kept is None:
        return None
    vouched = kept.pop("vouched")
    return Newcomer(**kept, vouched=Vouched(**vouched) if vouched else None)


def agree(request: HttpRequest, newcomer: Newcomer, *, terms_version: str, language: str) -> Account | None:
    """The new ID, without a password of ours; None when the address has got an ID in the meantime.

    ``terms_version``: what was agreed to; empty where the operator has published no terms.
    """
    sealed.drop(request, _KEY)
    vouched = newcomer.vouched
    account = Account(
        email=newcomer.email,
        family_name_kana=vouched.family_name_kana if vouched else "",
        given_name_kana=vouched.given_name_kana if vouched else "",
        language=language,
    )
    account.set_unusable_password()
    try:
        with transaction.atomic():
            account.save()
            EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
            if terms_version:
                TermsAcceptance.objects.create(account=account, kind="terms", version=terms_version)
            if vouched:
                ExternalIdentity.objects.create(
                    account=account, issuer=vouched.issuer, subject=vouched.subject, last_used_at=timezone.now()
                )
    except IntegrityError:
        return None
    return account
