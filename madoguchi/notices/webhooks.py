"""A customer's webhooks: making and changing them, their secrets, stopping. What is sent is webhook_calls.py's.

Signatures are those of the Standard Webhooks convention, so that receivers find a library for them;
``docs/webhooks.md`` tells their makers.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from madoguchi.accounts.limits import Limit
from madoguchi.accounts.models import Account
from madoguchi.delivery import outside
from madoguchi.lib.tokens import BrokenSeal, seal, unseal
from madoguchi.notices.models import Webhook, WebhookCall

AT_MOST = 5  # of one ID
# Both secrets sign for so long after a new one was made.
FORMER_LASTS = timedelta(hours=24)
CALLS_KEPT = timedelta(days=30)
_PREFIX = "whsec_"
TEST_CALL = Limit("webhook test", 20, timedelta(hours=1))
MADE = Limit("webhook made", 20, timedelta(hours=1))


class TooManyWebhooks(Exception):
    """The ID has as many as it may."""


class NameTaken(Exception):
    """Another webhook of the ID has that name."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a customer says of a webhook. ``url`` passes :func:`madoguchi.delivery.outside.check`."""

    name: str
    url: str
    work: bool
    trouble: bool


@transaction.atomic
def make(account: Account, wanted: Wanted) -> Webhook:
    """Raises :class:`TooManyWebhooks`, :class:`NameTaken`, :class:`~madoguchi.delivery.outside.Unfit`."""
    outside.check(wanted.url)
    # One after the other, so that two at the same moment are counted.
    Account.objects.select_for_update().get(pk=account.pk)
    if account.webhooks.count() >= AT_MOST:
        raise TooManyWebhooks
    webhook = Webhook(account=account, sealed_secret=seal(_new_secret()))
    return _said(webhook, wanted)


@transaction.atomic
def change(webhook: Webhook, wanted: Wanted) -> Webhook:
    """Raises :class:`NameTaken`, :class:`~madoguchi.delivery.outside.Unfit`. A new address is tried at once."""
    outside.check(wanted.url)
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    if wanted.url != url_of(webhook):
        webhook.failures, webhook.failing_since, webhook.not_before = 0, None, timezone.now()
    return _said(webhook, wanted)


def _said(webhook: Webhook, wanted: Wanted) -> Webhook:
    if Webhook.objects.filter(account=webhook.account_id, name=wanted.name).exclude(pk=webhook.pk).exists():
        raise NameTaken
    webhook.name, webhook.work, webhook.trouble = wanted.name, wanted.work, wanted.trouble
    webhook.sealed_url = seal(wanted.url)
    webhook.save()
    return webhook


def renew_secret(webhook: Webhook) -> None:
    """A new secret; the one before signs besides for a day, so that nothing is lost while the program is changed."""
    webhook.sealed_former, webhook.former_until = webhook.sealed_secret, timezone.now() + FORMER_LASTS
    webhook.sealed_secret = seal(_new_secret())
    webhook.save(update_fields=["sealed_former", "former_until", "sealed_secret"])


@transaction.atomic
def stop(webhook: Webhook, *, why: str = Webhook.Stop.OWNER) -> bool:
    """Send it nothing more; what waits has failed. False when it was stopped before."""
    running = Webhook.objects.running().filter(pk=webhook.pk)
    if not running.update(stopped_at=timezone.now(), stopped_why=why):
        return False
    waiting = WebhookCall.objects.filter(webhook=webhook, state=WebhookCall.State.WAITING)
    waiting.update(state=WebhookCall.State.FAILED, trouble="stopped")
    return True


def resume(webhook: Webhook) -> None:
    """From now on it is called again; what was told meanwhile is in the API."""
    Webhook.objects.filter(pk=webhook.pk).update(
        stopped_at=None, stopped_why="", failures=0, failing_since=None, not_before=timezone.now()
    )


def url_of(webhook: Webhook) -> str | None:
    """None where it cannot be read any more."""
    return _opened(webhook.sealed_url)


def secret_of(webhook: Webhook) -> str | None:
    """``whsec_`` and base64, as receivers' libraries take it; None where it cannot be read any more."""
    return _opened(webhook.sealed_secret)


def headers(call: WebhookCall, *, at: datetime) -> dict[bytes | str, bytes | str] | None:
    """What goes with a try of ``call`` made ``at``; None where its secret cannot be read any more."""
    webhook = call.webhook
    keys = [secret_of(webhook)]
    if webhook.sealed_former and webhook.former_until and at < webhook.former_until:
        keys.append(_opened(webhook.sealed_former))
    signed = [signature(key, id=str(call.pk), at=at, body=call.body.encode()) for key in keys if key]
    if not signed:
        return None
    return {
        "Content-Type": "application/json",
        "User-Agent": "Madoguchi",
        "webhook-id": str(call.pk),
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signed),
    }


def signature(secret: str, *, id: str, at: datetime, body: bytes) -> str:
    """``v1,`` and the base64 of the HMAC-SHA256 over id, time and body, joined by full stops (Standard Webhooks)."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = f"{id}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def purge(*, now: datetime) -> int:
    """Forget calls that are over since :data:`CALLS_KEPT`, and former secrets; how many calls."""
    Webhook.objects.filter(former_until__lt=now).update(sealed_former=None, former_until=None)
    over = WebhookCall.objects.exclude(state=WebhookCall.State.WAITING)
    return over.filter(created_at__lt=now - CALLS_KEPT).delete()[0]


def _new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _opened(sealed: bytes | memoryview) -> str | None:
    try:
        return unseal(sealed)
    except BrokenSeal:
        return None
