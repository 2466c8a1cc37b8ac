"""Mails that tell somebody what was done with their ID: an event of the ledger in words, and what to do about it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from madoguchi.accounts import agents
from madoguchi.accounts.models import AuthEvent
from madoguchi.delivery.models import Letter
from madoguchi.delivery.post import post
from madoguchi.lib.lanes import Lane
from madoguchi.shell.templatetags.shell import datetime_zone

# A word about a login is of no use a week later; about a change of the ID it still is.
LASTS = timedelta(days=7)


def tell(event: AuthEvent, *, to: str, renderer: str = "", findable: bool = True) -> Letter:
    """Post the mail about ``event`` to ``to``, in the language and on the clock of its ID.

    ``renderer`` is ``accounts.told.<method>`` unless another is named (:mod:`.told_mail`). Not ``findable`` where the
    ID is to forget the mail's recipient.
    """
    account = event.account
    if account is None:
        raise ValueError("nobody to tell: the event belongs to no ID")
    with translation.override(account.language), timezone.override(ZoneInfo(account.time_zone)):
        told = {
            "at": datetime_zone(event.at),
            "device": agents.in_words(event.agent),
            "network": event.network or "–",
        }
    return post(
        renderer=renderer or f"accounts.told.{event.method}{f'.{event.detail}' if event.detail else ''}",
        reference=str(event.pk),
        lane=Lane.CODES,
        to=to,
        language=account.language,
        expires_at=event.at + LASTS,
        personal=told,
        recipient_key=account.recipient_key if findable else "",
    )
