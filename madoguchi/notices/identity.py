"""What happens here when a customer ID gets another address, or is closed."""

from madoguchi.accounts.change_address import follow
from madoguchi.accounts.close import closer
from madoguchi.accounts.models import Account
from madoguchi.delivery.forget import forget_recipients
from madoguchi.delivery.returns import suppression
from madoguchi.lib.addresses import envelope
from madoguchi.notices.destinations import Preferences, place, remove, slots_of
from madoguchi.notices.models import Destination, DestinationChange, OptOut


@follow
def follow_address(account: Account, old: str, new: str) -> None:
    """The slot that held the ID's former address holds the new one, with its days and hours.

    The new one is verified already, and the former may be somebody else's soon. Where another slot holds the new
    address, that one stays and the former goes. What was unsubscribed at the former is not sent to the new one either.
    """
    mine = Destination.objects.standing().filter(account=account)
    former = mine.filter(address=envelope(old)).first()
    if former is None:
        return
    for slot in slots_of(account):
        if slot.change and slot.change.address == envelope(new):
            DestinationChange.objects.call_off(account, slot=slot.number, end=DestinationChange.End.SUPERSEDED)
    if mine.filter(address=envelope(new)).exists():
        remove(account, slot=former.slot)
    else:
        preferences = Preferences.of(former)
        place(account, slot=former.slot, address=envelope(new), preferences=preferences, verified=True)
    for opt_out in OptOut.objects.standing().filter(account=account, address=envelope(old)):
        OptOut.objects.get_or_create(
            account=account, address=envelope(new), service=opt_out.service, kind=opt_out.kind, undone_at=None
        )


@closer
def let_go(account: Account) -> None:
    """Nothing more is sent, and the letters that were no longer say to whom."""
    forget_recipients([f"destination:{pk}" for pk in account.destinations.values_list("pk", flat=True)])
    suppression.forget(account.destinations.values_list("address", flat=True))
    account.destinations.all().delete()
    account.destination_changes.all().delete()
    account.calendar_feeds.all().delete()
    account.subscriptions.all().delete()
    account.opt_outs.all().delete()
