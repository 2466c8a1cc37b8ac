"""A new mail address for an ID: asked for, verified by a link sent there, then put in the place of the old one.

Whether another ID has the address is looked up only when the worker writes the mail, so that the page answers alike
for every address. The link acts for nobody but the ID's owner, signed in: who gets a mail by mistake can do nothing.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation

from madoguchi.accounts import limits, telling
from madoguchi.accounts.events import record
from madoguchi.accounts.links import LinkDead
from madoguchi.accounts.models import Account, AddressChange, AuthEvent
from madoguchi.delivery.models import Suppression
from madoguchi.delivery.post import post
from madoguchi.delivery.returns import suppression
from madoguchi.lib.lanes import Lane
from madoguchi.lib.tokens import digest, new_token

LINK_VALID = timedelta(minutes=30)
# How long a page can still say why a link no longer works.
REMEMBERED = timedelta(days=90)

# (account, old address, new address): what a room above does so that it goes on reaching the customer.
Follower = Callable[[Account, str, str], None]
_followers: list[Follower] = []


def follow(follower: Follower) -> Follower:
    """Let a room above follow the address of an ID; called inside the transaction of the change."""
    _followers.append(follower)
    return follower


def came_back(account: Account) -> Suppression | None:
    """Why and since when mail to the ID's own address is stopped; None where it is not."""
    return suppression.standing(account.email)


def ask(account: Account, *, email: str) -> AddressChange:
    """Send a link to ``email`` (a normal address). Raises :class:`limits.TooMany`. One that still waits is over.

    The present address may be asked for to prove that mail reaches it again (:func:`came_back`).
    """
    limits.take(limits.ADDRESS_CHANGE, str(account.pk))
    limits.take(limits.ADDRESS_SHARE, f"{email} for {account.pk}")
    limits.take(limits.ADDRESS_TARGET, email)
    token, now = new_token(), timezone.now()
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        call_off(account, AddressChange.End.SUPERSEDED)
        change = AddressChange.objects.create(
            account=account, email=email, token_digest=digest(token), created_at=now, expires_at=now + LINK_VALID
        )
        with translation.override(account.language):  # staff may ask for it in another
            link = reverse("identity:email_link", args=[token])
        post(
            renderer="accounts.new_address",
            reference=str(change.pk),
            lane=Lane.CODES,
            to=email,
            language=account.language,
            expires_at=change.expires_at,
            sealed={"link": settings.SITE_URL + link},
            recipient_key=account.recipient_key,
        )
    return change


def call_off(account: Account, end: AddressChange.End = AddressChange.End.CALLED_OFF) -> None:
    """The link that waits, if one does, works no more."""
    AddressChange.objects.filter(account=account, end="").update(end=end, ended_at=timezone.now(), email="")


def waiting_change(account: Account, token: str) -> AddressChange:
    """The change this link is for; raises :class:`LinkDead`, also where it is another ID's. Changes nothing."""
    change = AddressChange.objects.filter(token_digest=digest(token), account=account).first()
    if change is None:
        raise LinkDead("")
    if change.dead:
        raise LinkDead(change.dead)
    return change


def carry_out(request: HttpRequest, account: Account, token: str) -> None:
    """The new address takes the place of the old one, which is told. Raises :class:`LinkDead`.

    The login, allauth's record of it and what followed the old address change together or not at all.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        change = waiting_change(account, token)
        old, new = account.email, change.email
        suppression.proven(new)
        if new == old:  # mail to it had come back, and it works again
            change.finish(AddressChange.End.DONE)
            return
        taken = not _moved(account, new)
        change.finish(AddressChange.End.TAKEN if taken else AddressChange.End.DONE)
        if not taken:
            for follower in _followers:
                follower(account, old, new)
            event = record(request, account, AuthEvent.Method.EMAIL_CHANGED, True)
            telling.tell_of(event, to=old)
    if taken:
        raise LinkDead(AddressChange.End.TAKEN)


def _moved(account: Account, new: str) -> bool:
    account.email = new
    try:
        with transaction.atomic():
            account.save(update_fields=["email"])
            EmailAddress.objects.filter(user=account).delete()
            EmailAddress.objects.create(user=account, email=new, verified=True, primary=True)
    except IntegrityError:
        return False
    return True


def purge(*, now: datetime) -> int:
    """Empty the changes that are over, drop those long over. Returns how many were emptied."""
    AddressChange.objects.filter(expires_at__lt=now - REMEMBERED).delete()
    return AddressChange.objects.settle(now=now)
