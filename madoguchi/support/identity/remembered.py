from madoguchi.accounts.models import Account
from madoguchi.contracts.models import TrustedDevice


def forget_devices(account: Account) -> None:
    """A password was replaced: end the devices on which the contact phone need not be proven.

    None of them would be trusted any more, being bound to the former password; so the rows say it too, and what they
    opened in a session that goes on is shut.
    """
    for device in TrustedDevice.objects.filter(account=account, end=""):
        device.forget(TrustedDevice.End.PASSWORD_CHANGED)
