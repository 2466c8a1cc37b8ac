"""Which ID a business account opens: known by issuer and subject alone (ASVS 5.0, 6.8.1), connected by its owner.

An address both have in common connects nothing by itself. It only tells whom to ask: whoever comes with the business
account logs in to the ID too, and then connects them.
"""

from dataclasses import asdict

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from madoguchi.accounts import mailbox, passwords, sealed, second_factor, telling
from madoguchi.accounts.business.providers import Provider
from madoguchi.accounts.business.refusals import Refused, Why
from madoguchi.accounts.business.vouching import Vouched
from madoguchi.accounts.events import record
from madoguchi.accounts.models import Account, AuthEvent, ExternalIdentity

# How long a business account waits for its owner to log in to the ID and to connect them.
SECONDS = 600
_WAITING = "business_to_connect"


def opened_by(vouched: Vouched) -> Account | None:
    """The ID this business account opens, its use noted; None where it opens none. Raises :class:`Refused`."""
    identity = ExternalIdentity.objects.of(issuer=vouched.issuer, subject=vouched.subject)
    if identity is None:
        return None
    if not identity.account.is_active:
        raise Refused(Why.CLOSED)
    identity.used()
    return identity.account


def wait(request: HttpRequest, vouched: Vouched) -> None:
    """Keep what was vouched for, under a new session key, until its owner has logged in to the ID."""
    request.session.cycle_key()
    sealed.keep(request, _WAITING, asdict(vouched))


def waiting(request: HttpRequest) -> Vouched | None:
    kept = sealed.kept(request, _WAITING, seconds=SECONDS)
    return Vouched(**kept) if kept else None


def forget(request: HttpRequest) -> None:
    sealed.drop(request, _WAITING)


def connect(request: HttpRequest, account: Account, vouched: Vouched) -> None:
    """Let the business account open ``account`` from now on. Raises :class:`Refused` when it opens another ID."""
    forget(request)
    try:
        with transaction.atomic():
            identity, made = ExternalIdentity.objects.get_or_create(
                issuer=vouched.issuer,
                subject=vouched.subject,
                defaults={"account": account, "last_used_at": timezone.now()},
            )
    except IntegrityError:
        raise Refused(Why.TAKEN) from None
    if identity.account_id != account.pk:
        raise Refused(Why.TAKEN)
    if made:
        telling.tell_of(record(request, account, AuthEvent.Method.BUSINESS_LINKED, True), to=account.email)


def disconnect(request: HttpRequest, identity: ExternalIdentity) -> bool:
    """Let the business account open its ID no more; False, and nothing done, when nothing else would open it."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=identity.account_id)
        if not opens_otherwise(account, but=identity):
            return False
        identity.delete()
        telling.tell_of(record(request, account, AuthEvent.Method.BUSINESS_UNLINKED, True), to=account.email)
    return True


def opens_otherwise(account: Account, *, but: ExternalIdentity) -> bool:
    """Whether ``account`` has another way in than the business account ``but``."""
    return (
        passwords.has_own(account)
        or mailbox.is_ours(account.email)
        or second_factor.has_passkey(account)
        or account.external_identities.exclude(pk=but.pk).filter(issuer__in=_issuers()).exists()
    )


def provider_of(identity: ExternalIdentity) -> Provider | None:
    """The provider behind it; None when the operator has ended with it."""
    return next((provider for provider in settings.BUSINESS_PROVIDERS if provider.issuer == identity.issuer), None)


def providers_for(account: Account) -> list[Provider]:
    """Those at which ``account`` can prove again who it is."""
    issuers = set(account.external_identities.values_list("issuer", flat=True))
    return [provider for provider in settings.BUSINESS_PROVIDERS if provider.issuer in issuers]


def _issuers() -> list[str]:
    return [provider.issuer for provider in settings.BUSINESS_PROVIDERS]
