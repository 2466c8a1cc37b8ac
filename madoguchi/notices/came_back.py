"""What becomes of delivery addresses that mail comes back from: paused, their owner told, and resumed.

The rules of when that is are the delivery room's (``docs/delivery.md``); it calls us when an address is stopped, and
when the staff lets it receive again. Its owner resumes it by the link of :mod:`madoguchi.notices.register_address`.
"""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Letter, Suppression
from madoguchi.delivery.post import post
from madoguchi.delivery.returns import suppression, take
from madoguchi.lib.addresses import envelope, masked
from madoguchi.lib.lanes import Lane
from madoguchi.notices import unsubscribe
from madoguchi.notices.models import Destination

RENDERER = "notices.address_paused"
WORD_LASTS = timedelta(days=7)
# Why a letter is suppressed whose address was paused before it left.
PAUSED = "paused"
REASONS = {
    Suppression.Reason.HARD: "hard_bounce",
    Suppression.Reason.SOFT: "soft_bounces",
    Suppression.Reason.COMPLAINT: "complaint",
    Suppression.Reason.OPERATOR: "operator",
}


def pause(row: Suppression) -> None:
    """Pause the address wherever it stands, withhold what waits for it, and tell the owners at their own address."""
    for destination in _of(row.address, Destination.State.VERIFIED):
        destination.state = Destination.State.PAUSED
        destination.paused_at, destination.paused_reason = row.since, REASONS[Suppression.Reason(row.reason)]
        destination.save(update_fields=["state", "paused_at", "paused_reason"])
        # What is held is judged when its hour comes (digest.py): by then the address may receive again.
        Letter.objects.filter(
            ~Q(mailing__lane=Lane.CODES),
            recipient_key=destination.recipient_key,
            state=Letter.State.QUEUED,
            leased_until=None,
        ).update(state=Letter.State.SUPPRESSED, reason=PAUSED, sealed=None, finished_at=Now())
        _tell(destination)


def resume(row: Suppression) -> None:
    """The staff found the address to work: it receives again, without a link, where it was paused for that reason."""
    reason = REASONS[Suppression.Reason(row.reason)]
    for destination in _of(row.address, Destination.State.PAUSED):
        if destination.paused_reason == reason:
            destination.state, destination.paused_at, destination.paused_reason = Destination.State.VERIFIED, None, ""
            destination.save(update_fields=["state", "paused_at", "paused_reason"])


def _of(address: str, state: Destination.State) -> list[Destination]:
    """The rows with that address and state, locked after their IDs, as everywhere."""
    found = Destination.objects.filter(address=address, state=state)
    owners = sorted(found.values_list("account_id", flat=True))
    list(Account.objects.select_for_update(no_key=True).filter(pk__in=owners).order_by("pk"))
    locked = found.select_related("account").select_for_update(of=("self",))
    return list(locked.order_by("account_id"))


def _tell(destination: Destination) -> None:
    account = destination.account
    if destination.address == envelope(account.email) or not account.is_active:
        return  # the banner says it at the next login
    post(
        renderer=RENDERER,
        reference=destination.paused_reason,
        lane=Lane.CODES,
        to=account.email,
        language=account.language,
        expires_at=timezone.now() + WORD_LASTS,
        personal={"address": masked(destination.address)},
        recipient_key=account.recipient_key,
    )


def grant(token: str) -> bool:
    """A mail asked to get no more of what ``token`` stands for; False where no link of ours has it."""
    try:
        wishes = unsubscribe.read_all(token)
    except unsubscribe.Damaged:
        return False
    for wish in wishes:
        unsubscribe.fulfil(wish)
    return True


suppression.register("notices", suppression.Reaction(added=pause, lifted=resume))
take.grants_wishes(grant)
