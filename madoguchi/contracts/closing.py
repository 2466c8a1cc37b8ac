"""What this room lets go of when an ID is closed (:mod:`madoguchi.accounts.close`): never the contracts themselves."""

from madoguchi.accounts.close import closer
from madoguchi.accounts.models import Account
from madoguchi.contracts.models import NumberLabel, Passcode, PhoneChange, PhoneEntry, PhoneProof, TrustedDevice


@closer
def let_go(account: Account) -> None:
    """The links to customers, and everything about confirming a contact phone."""
    PhoneProof.objects.filter(account=account).delete()
    TrustedDevice.objects.filter(account=account).delete()
    Passcode.objects.filter(account=account).delete()
    PhoneEntry.objects.filter(account=account).delete()
    PhoneChange.objects.filter(account=account).delete()
    NumberLabel.objects.filter(account=account).delete()
    account.customer_links.all().delete()
