"""配信先メールアドレス: the three slots of an ID, and what stands in each. ``docs/notices.md`` has the table.

A row is an address of an ID, not a slot: an address that leaves its slot keeps its row (``REMOVED``) with the history
of what was sent to it, and takes it up again when it comes back. So nothing that was said of one address (a bounce, a
link in an old mail) is ever taken for another's.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Letter
from madoguchi.delivery.returns import suppression
from madoguchi.lib.addresses import envelope
from madoguchi.notices.models import ALL_DAYS, ALL_HOURS, Destination, DestinationChange

SLOTS = (1, 2, 3)
# Why a letter was not sent: the address was deleted or changed before its hour came.
REMOVED = "removed"


class AddressInUse(Exception):
    """Another slot of the same ID has the address, or waits for it to be confirmed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preferences:
    """How mail comes to an address: ``device`` of :class:`Destination.Device`; ``days`` and ``hours`` as bits;
    ``with_calendar`` where the device takes it."""

    device: str = Destination.Device.PC
    days: int = ALL_DAYS
    hours: int = ALL_HOURS
    outside: str = Destination.Outside.SKIP
    critical_always: bool = False
    with_calendar: bool = False

    @classmethod
    def of(cls, row: Destination | DestinationChange) -> "Preferences":
        return cls(**{field.name: getattr(row, field.name) for field in fields(cls)})

    def columns(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Slot:
    """One of the three: what gets mail there, and what waits to be confirmed for it."""

    number: int
    destination: Destination | None
    change: DestinationChange | None


def slots_of(account: Account) -> list[Slot]:
    there = {row.slot: row for row in account.destinations.standing()}
    waiting = {row.slot: row for row in DestinationChange.objects.waiting(account)}
    return [Slot(number, there.get(number), waiting.get(number)) for number in SLOTS]


def slot_of(account: Account, number: int) -> Slot:
    return slots_of(account)[number - 1]


def free_slot(account: Account) -> int | None:
    """The first slot that holds nothing and waits for nothing."""
    return next((slot.number for slot in slots_of(account) if not (slot.destination or slot.change)), None)


def check_unused(account: Account, *, slot: int, address: str) -> None:
    """Raises :class:`AddressInUse` when ``address`` (as in the envelope) is in another slot of the ID."""
    others = [other for other in slots_of(account) if other.number != slot]
    if any(row and row.address == address for other in others for row in (other.destination, other.change)):
        raise AddressInUse


def proven(account: Account, *, slot: int, address: str) -> bool:
    """Whether ``address`` may get mail without a link being sent there first: the slot has it already, or it is the
    ID's own, which registration verified, and no mail to it came back since."""
    if account.destinations.standing().filter(slot=slot, address=address).exists():
        return True
    came_back = account.destinations.filter(address=address, paused_at__isnull=False).exists()
    return address == envelope(account.email) and not came_back


@transaction.atomic
def place(account: Account, *, slot: int, address: str, preferences: Preferences, verified: bool) -> Destination:
    """Put ``address`` into ``slot``, in the place of what was there.

    ``verified``: it was proven just now; otherwise an address that is there already keeps its state (a paused one
    stays paused). Raises :class:`AddressInUse`.
    """
    Account.objects.select_for_update().get(pk=account.pk)
    check_unused(account, slot=slot, address=address)
    for former in account.destinations.standing().filter(slot=slot).exclude(address=address):
        _leave(former)
    row = account.destinations.filter(address=address).first() or Destination(account=account, address=address)
    if verified or row.state == Destination.State.REMOVED:
        row.state, row.verified_at = Destination.State.VERIFIED, timezone.now()
        row.paused_at, row.paused_reason = None, ""
    if verified:
        suppression.proven(address)
    row.slot = slot
    for name, value in preferences.columns().items():
        setattr(row, name, value)
    row.save()
    return row


@transaction.atomic
def remove(account: Account, *, slot: int) -> Destination | None:
    """Nothing more is sent to the slot's address, and a link that waits there works no more. Its history stays.

    The row that left the slot; None where it was empty.
    """
    Account.objects.select_for_update().get(pk=account.pk)
    DestinationChange.objects.call_off(account, slot=slot, end=DestinationChange.End.CALLED_OFF)
    former = account.destinations.standing().filter(slot=slot).first()
    if former:
        _leave(former)
    return former


def _leave(former: Destination) -> None:
    former.state = Destination.State.REMOVED
    former.save(update_fields=["state"])
    # What still waits for it is not sent; what a worker holds at this moment may still go out.
    Letter.objects.filter(
        recipient_key=former.recipient_key,
        state__in=[Letter.State.QUEUED, Letter.State.HELD],
        leased_until=None,
    ).update(state=Letter.State.SKIPPED, reason=REMOVED, sealed=None, finished_at=Now())
