"""What this room lets go of when an ID is closed (:mod:`madoguchi.accounts.close`): what other sites knew it by."""

from madoguchi.accounts.close import closer
from madoguchi.accounts.models import Account
from madoguchi.provider.models import Consent, Grant, Subject


@closer
def let_go(account: Account) -> None:
    """Every login to a site with its tokens, every consent, and the numbers sites knew the customer under."""
    Grant.objects.filter(user=account).delete()
    Consent.objects.filter(account=account).delete()
    Subject.objects.filter(account=account).delete()
