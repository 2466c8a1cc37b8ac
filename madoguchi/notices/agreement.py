"""The terms of the notification service: agreed to once a version, kept with version and time."""

from madoguchi.accounts.models import Account, TermsAcceptance
from madoguchi.catalog.models import LegalText

_KIND = LegalText.Kind.NOTIFICATION_TERMS


def missing(account: Account) -> LegalText | None:
    """The terms ``account`` has yet to agree to; None when it has, or when the operator has none."""
    try:
        terms = LegalText.objects.current(_KIND)
    except LegalText.DoesNotExist:
        return None
    agreed = TermsAcceptance.objects.filter(account=account, kind=_KIND, version=terms.version).exists()
    return None if agreed else terms


def agreed_before(account: Account) -> bool:
    """Whether ``account`` agreed to some version: then a missing one is new, and not the first."""
    return TermsAcceptance.objects.filter(account=account, kind=_KIND).exists()


def agree(account: Account, *, version: str) -> None:
    """Agree to the version that was shown. Agreeing twice keeps the first time."""
    TermsAcceptance.objects.get_or_create(account=account, kind=_KIND, version=version)
