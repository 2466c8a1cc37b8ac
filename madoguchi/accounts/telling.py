"""Mails that tell somebody what was done with their ID or contracts: what happened, when on their own clock, what to
do about it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from madoguchi.accounts import agents, passwords
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.delivery import renderers
from madoguchi.delivery.models import Letter
from madoguchi.delivery.post import post
from madoguchi.lib.lanes import Lane
from madoguchi.shell.templatetags.shell import datetime_zone

# A word about a login is of no use a week later; about a change of the ID it still is.
LASTS = timedelta(days=7)


def tell(  # noqa: PLR0913 - what a letter to an ID consists of
    account: Account,
    renderer: str,
    *,
    reference: str = "",
    at: datetime | None = None,
    to: str = "",
    findable: bool = True,
    said: Mapping[str, str] | None = None,
) -> Letter:
    """Post the mail ``renderer`` to the ID's own address (or ``to``), in its language, inside the caller's transaction.

    The mail's slots are ``at``, the moment (now) on the ID's clock, and what is ``said``. Not ``findable`` where the ID
    is to forget the mail's recipient.
    """
    at = at or timezone.now()
    with translation.override(account.language), timezone.override(ZoneInfo(account.time_zone)):
        moment = datetime_zone(at)
    return post(
        renderer=renderer,
        reference=reference,
        lane=Lane.CODES,
        to=to or account.email,
        language=account.language,
        expires_at=at + LASTS,
        personal={"at": moment, **(said or {})},
        recipient_key=account.recipient_key if findable else "",
    )


def tell_of(event: AuthEvent, *, to: str, renderer: str = "", findable: bool = True) -> Letter:
    """Post the mail about an event of the ledger to ``to``.

    ``renderer`` is ``accounts.told.<method>`` unless another is named (:mod:`.told_mail`). Where there is one of that
    name and ``.elsewhere``, it is the one for an ID without a password of its own.
    """
    account = event.account
    if account is None:
        raise ValueError("nobody to tell: the event belongs to no ID")
    name = renderer or f"accounts.told.{event.method}{f'.{event.detail}' if event.detail else ''}"
    if renderers.known(f"{name}.elsewhere") and not passwords.has_own(account):
        name = f"{name}.elsewhere"
    with translation.override(account.language):
        device = agents.in_words(event.agent)
    return tell(
        account,
        name,
        reference=str(event.pk),
        at=event.at,
        to=to,
        findable=findable,
        said={"device": device, "network": event.network or "–"},
    )
