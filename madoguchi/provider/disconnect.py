"""Ending what customers allowed to sites: one site, or all of them."""

from django.db import transaction

from madoguchi.accounts.models import Account
from madoguchi.provider.models import Consent, Grant, Site


def disconnect(account: Account, site: Site) -> bool:
    """Take back everything ``account`` allowed ``site``: consent and tokens. False if it was allowed nothing."""
    with transaction.atomic():
        consent = Consent.objects.standing(account).filter(site=site).first()
        ended = Grant.objects.finish_all(account, Grant.End.DISCONNECTED, site=site)
        if consent is not None:
            consent.end()
    return consent is not None or ended > 0


def end_everything(account: Account, why: Grant.End) -> int:
    """End every grant of ``account`` at once, refresh tokens included; how many there were. Consents stay.

    For pages that reset a password or close an ID. A grant older than the last password reset, or of an ID that may
    not log in, is void even where nobody called this (:meth:`Grant.stands`).
    """
    return Grant.objects.finish_all(account, why)
