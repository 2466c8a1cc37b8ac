"""What this room lets go of when an ID is closed (:mod:`madoguchi.accounts.close`)."""

from madoguchi.accounts.close import closer
from madoguchi.accounts.models import Account
from madoguchi.alerts.models import Watch


@closer
def let_go(account: Account) -> None:
    Watch.objects.filter(account=account).delete()  # with what was told
