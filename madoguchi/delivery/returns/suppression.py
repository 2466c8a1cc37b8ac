"""Addresses that are not written to: kept, asked for when letters are written, and lifted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from madoguchi.delivery.models import Suppression
from madoguchi.delivery.returns.rules import WITHHELD
from madoguchi.lib.addresses import envelope
from madoguchi.lib.lanes import Lane

# How long one that was lifted is remembered, for whoever asks why mail stopped then.
REMEMBERED = timedelta(days=180)
# The state's reason on a letter that was not sent because of it.
LETTER_REASON = "address"


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a room above does when an address is suppressed, and when the staff lifts that; in the same transaction."""

    added: Callable[[Suppression], None]
    lifted: Callable[[Suppression], None]


_reactions: dict[str, Reaction] = {}


def register(room: str, reaction: Reaction) -> None:
    """Have ``reaction`` called from now on; the same room registers one."""
    _reactions[room] = reaction


def spelled(address: str) -> str:
    """The spelling under which an address is kept: as in the envelope, the domain in lower case."""
    local, at, domain = envelope(address).rpartition("@")
    return f"{local}{at}{domain.lower()}"


def withholding(lane: Lane) -> list[str]:
    """The reasons for which an address gets nothing of ``lane``; for statements that ask by themselves."""
    return [str(reason) for reason, lanes in WITHHELD.items() if lane in lanes]


def suppressed(addresses: Iterable[str], *, lane: Lane | None = None) -> set[str]:
    """Those of ``addresses``, in the spelling given, that get nothing of ``lane`` (of any, without one)."""
    asked = {spelled(address): address for address in addresses}
    found = Suppression.objects.open().filter(address__in=list(asked))
    if lane is not None:
        found = found.filter(reason__in=withholding(lane))
    return {asked[address] for address in found.values_list("address", flat=True)}


def standing(address: str) -> Suppression | None:
    """The one that holds for ``address`` now."""
    return Suppression.objects.open().filter(address=spelled(address)).first()


@transaction.atomic
def add(
    address: str, reason: Suppression.Reason, *, note: str = "", by: str = "", at: datetime | None = None
) -> Suppression:
    """Write no more to ``address``. Where that holds already, the row that holds; a stronger reason takes its place.

    ``by``: the login of whoever of the staff did it.
    """
    row = _held(address)
    if row is not None and WITHHELD[reason] <= WITHHELD[Suppression.Reason(row.reason)]:
        return row
    now = at or timezone.now()
    if row is not None:
        row.until = now
        row.save(update_fields=["until"])
    try:
        with transaction.atomic():
            row = Suppression.objects.create(address=spelled(address), reason=reason, note=note, by=by, since=now)
    except IntegrityError:  # somebody else did at this very moment
        return Suppression.objects.open().get(address=spelled(address))
    for reaction in _reactions.values():
        reaction.added(row)
    return row


@transaction.atomic
def lift(address: str, *, by: str = "", note: str = "") -> Suppression | None:
    """Write to ``address`` again because the staff decided so; None where nothing held. ``by`` as in :func:`add`."""
    row = _held(address)
    if row is None:
        return None
    _end(row)
    if by or note:
        row.note = " / ".join(filter(None, [row.note, f"{by}: {note}" if note else by]))[:200]
        row.save(update_fields=["note"])
    for reaction in _reactions.values():
        reaction.lifted(row)
    return row


@transaction.atomic
def proven(address: str) -> bool:
    """Its reader just opened a link or typed a code that was sent there: it works. Whether that ended something.

    What the staff decided stays.
    """
    row = _held(address)
    if row is None or row.reason == Suppression.Reason.OPERATOR:
        return False
    _end(row)
    return True


def forget(addresses: Iterable[str]) -> int:
    """Drop the rows of addresses whose owner is gone, but not what the staff decided; return how many."""
    found = Suppression.objects.filter(address__in=[spelled(address) for address in addresses])
    return found.exclude(reason=Suppression.Reason.OPERATOR).delete()[0]


def purge(*, now: datetime) -> int:
    """Drop what was lifted long ago; return how many."""
    return Suppression.objects.filter(until__lt=now - REMEMBERED).delete()[0]


def _held(address: str) -> Suppression | None:
    return Suppression.objects.open().select_for_update().filter(address=spelled(address)).first()


def _end(row: Suppression) -> None:
    row.until = timezone.now()
    row.save(update_fields=["until"])
