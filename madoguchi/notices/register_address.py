"""A new or changed delivery address: 仮登録 by a mail with a link, 本登録 by the button behind it.

The link works once, within 30 minutes, and without login: it is opened on the device where the mail arrives, often a
phone that has never seen the ID. That is safe because it shows nothing but a masked ID and does nothing but what the
owner of the ID asked for and the reader of the mailbox agrees to: mail about services comes there, and each of these
mails can stop itself. Until then the former address keeps receiving.

Mail is sent to whom somebody else names, so it is counted: by ID, and in a day by address, where an ID, a network and
all the world have shares of their own: no stranger alone can use up what the owner of the address needs. Where others
used up a share, the page answers as always and nothing is sent: whether somebody else named the address is nobody's
business.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from madoguchi.accounts import limits
from madoguchi.accounts.links import LinkDead
from madoguchi.accounts.models import Account
from madoguchi.delivery.post import post
from madoguchi.lib.addresses import envelope, masked
from madoguchi.lib.lanes import Lane
from madoguchi.lib.tokens import digest, new_token
from madoguchi.notices.destinations import Preferences, check_unused, place, proven, slot_of
from madoguchi.notices.models import Destination, DestinationChange
from madoguchi.shell import languages

LINK_VALID = timedelta(minutes=30)
# How long a page can still say why a link no longer works.
REMEMBERED = timedelta(days=90)
# How many mails with a link one address gets in a day: asked for by one ID, from one network, by whomever.
MAILS_OF_AN_ID, MAILS_A_DAY = 3, 12
MAILS_OF_A_NETWORK = limits.Limit("links to an address from a network", 6, timedelta(days=1))
# The word to the ID's own address that another one was added.
WORD_LASTS = timedelta(days=7)
RENDERER = "notices.confirm_address"
RESUME_RENDERER = "notices.resume_address"
TOLD_RENDERER = "notices.address_added"


def register(
    account: Account, *, slot: int, address: str, preferences: Preferences, network: str = ""
) -> DestinationChange | None:
    """Have mail sent to ``address`` (a normal address) from ``slot`` on.

    None when that took effect at once: only the preferences changed, or the address is the ID's own. Otherwise the
    change that waits for its link; it supersedes one that waited. ``network`` is where it is asked from. Raises
    :class:`limits.TooMany`, and ``AddressInUse`` where another slot of the ID has the address.
    """
    address = envelope(address)
    if not proven(account, slot=slot, address=address):
        return _ask(account, slot=slot, address=address, preferences=preferences, network=network)
    with transaction.atomic():
        there = slot_of(account, slot).destination
        place(account, slot=slot, address=address, preferences=preferences, verified=not there)
        if there is None or there.address != address:
            call_off(account, slot=slot, end=DestinationChange.End.SUPERSEDED)
    return None


def resume(account: Account, *, slot: int, network: str = "") -> DestinationChange | None:
    """Send a link to the paused address of ``slot``: when it is used, mail goes there again. None where none is paused.

    Raises :class:`limits.TooMany`.
    """
    paused = slot_of(account, slot).destination
    if paused is None or paused.state != Destination.State.PAUSED:
        return None
    return _ask(account, slot=slot, address=paused.address, preferences=Preferences.of(paused), network=network)


def ask_again(account: Account, *, slot: int, network: str = "") -> DestinationChange | None:
    """Send the link that waits for ``slot`` once more, as a new one. Raises :class:`limits.TooMany`."""
    change = slot_of(account, slot).change
    if change is None:
        return None
    return _ask(account, slot=slot, address=change.address, preferences=Preferences.of(change), network=network)


def call_off(account: Account, *, slot: int, end: str = DestinationChange.End.CALLED_OFF) -> None:
    """The link that waits for ``slot``, if one does, works no more."""
    DestinationChange.objects.call_off(account, slot=slot, end=end)


def _ask(account: Account, *, slot: int, address: str, preferences: Preferences, network: str) -> DestinationChange:
    limits.take(limits.DESTINATION_MAIL, str(account.pk))
    token, now = new_token(), timezone.now()
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        check_unused(account, slot=slot, address=address)
        mailed = _may_mail(account, address, network=network, now=now)
        call_off(account, slot=slot, end=DestinationChange.End.SUPERSEDED)
        change = DestinationChange.objects.create(
            account=account,
            slot=slot,
            address=address,
            target=_target(address),
            mailed=mailed,
            token_digest=digest(token),
            created_at=now,
            expires_at=now + LINK_VALID,
            **preferences.columns(),
        )
        if mailed:
            _post_link(change, token)
    return change


def _may_mail(account: Account, address: str, *, network: str, now: datetime) -> bool:
    """Whether nobody else used up the address's share of the day; raises :class:`limits.TooMany` when this ID did."""
    target = _target(address)
    with connection.cursor() as cursor:
        # Of two that ask for one address at the same moment, the second counts the first's mail.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(target[:15], 16)])
    today = DestinationChange.objects.filter(target=target, mailed=True, created_at__gt=now - timedelta(days=1))
    own = list(today.filter(account=account).order_by("-created_at").values_list("created_at", flat=True))
    if len(own) >= MAILS_OF_AN_ID:
        raise limits.TooMany(own[MAILS_OF_AN_ID - 1] + timedelta(days=1) - now)
    if today.count() >= MAILS_A_DAY:
        return False
    try:
        if network:
            limits.take(MAILS_OF_A_NETWORK, f"{address} from {network}")
    except limits.TooMany:
        return False
    return True


def _target(address: str) -> str:
    return digest(f"delivery address: {address}")


def _post_link(change: DestinationChange, token: str) -> None:
    account = change.account
    path = languages.in_language(reverse("mynotices:address_link", args=[token]), account.language)
    post(
        renderer=RESUME_RENDERER if change.resumes else RENDERER,
        reference=str(change.pk),
        lane=Lane.CODES,
        to=change.address,
        language=account.language,
        expires_at=change.expires_at,
        personal={"owner": masked(account.email)},
        sealed={"link": settings.SITE_URL + path},
        recipient_key=account.recipient_key,
        format=Destination.Device(change.device).letter_format,
    )


def waiting_change(token: str) -> DestinationChange:
    """The change this link is for; raises :class:`LinkDead`. Changes nothing."""
    change = DestinationChange.objects.select_related("account").filter(token_digest=digest(token)).first()
    if change is None or not change.account.is_active:
        raise LinkDead("")
    if change.dead:
        raise LinkDead(change.dead)
    return change


@transaction.atomic
def confirm(token: str) -> Destination:
    """本登録: the address takes its slot, and the ID's own address is told where it is another one.

    Raises :class:`LinkDead`.
    """
    # The same order of locks as everywhere, the ID first; what was read before may be old by now.
    Account.objects.select_for_update().get(pk=waiting_change(token).account_id)
    change = waiting_change(token)
    account = change.account
    known = account.destinations.standing().filter(address=change.address).exists()
    preferences = Preferences.of(change)
    destination = place(account, slot=change.slot, address=change.address, preferences=preferences, verified=True)
    change.finish(DestinationChange.End.DONE)
    if not known and destination.address != envelope(account.email):
        _tell(account, destination)
    return destination


def _tell(account: Account, destination: Destination) -> None:
    post(
        renderer=TOLD_RENDERER,
        reference=str(destination.pk),
        lane=Lane.CODES,
        to=account.email,
        language=account.language,
        expires_at=timezone.now() + WORD_LASTS,
        personal={"address": masked(destination.address)},
        recipient_key=account.recipient_key,
    )


def purge(*, now: datetime) -> int:
    """Empty the changes that are over, drop those long over. Returns how many were emptied."""
    DestinationChange.objects.filter(expires_at__lt=now - REMEMBERED).delete()
    return DestinationChange.objects.settle(now=now)
