"""What a provider tells of letters by its own webhook, in django-anymail's words for it: the same rules follow."""

import hashlib
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.conf import settings

from madoguchi.delivery.headers import Unfit
from madoguchi.delivery.headers import address as checked
from madoguchi.delivery.models import Return
from madoguchi.delivery.returns import path, rules, take
from madoguchi.delivery.returns.fields import masked_words
from madoguchi.delivery.returns.reading import Finding
from madoguchi.lib.addresses import envelope

# Under which a letter's reference travels with it.
REFERENCE = "letter"

# Providers that sign what they send, with what they sign it with; all others prove themselves by a password alone.
SIGNED_WITH = {
    "mailersend": "MAILERSEND_SIGNING_SECRET",
    "mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY",
    "mailtrap": "MAILTRAP_SIGNING_SECRET",
    "mandrill": "MANDRILL_WEBHOOK_KEY",
    "postal": "POSTAL_WEBHOOK_KEY",
    "resend": "RESEND_SIGNING_SECRET",
    "sendgrid": "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY",
    "unisender_go": "UNISENDER_GO_API_KEY",
}
# Why a provider did not even try, or what it made of the server's answer. What it does not say is read from the words.
_REASONS = {
    RejectReason.INVALID: Return.Kind.HARD,
    RejectReason.SPAM: Return.Kind.OTHER,
    RejectReason.BLOCKED: Return.Kind.OTHER,
    RejectReason.UNSUBSCRIBED: Return.Kind.OTHER,
    RejectReason.TIMED_OUT: Return.Kind.SOFT,
}
# It was on a list of the provider's own, because of an earlier letter.
_LISTED = {**_REASONS, RejectReason.BOUNCED: Return.Kind.HARD, RejectReason.SPAM: Return.Kind.COMPLAINT}


def proves_itself(name: str) -> bool:
    """Whether the settings hold what the provider ``name`` proves itself with; anybody could write bounces else."""
    return "WEBHOOK_SECRET" in settings.ANYMAIL or SIGNED_WITH.get(name, "") in settings.ANYMAIL


def take_event(event: AnymailTrackingEvent, *, provider: str) -> take.Taken:
    """Take in one event of a webhook whose sender was proven; again changes nothing. ValueError: not about a letter."""
    found = finding(event)
    if found is None:
        return take.Taken()
    try:
        address = checked(envelope(str(event.recipient or "").strip()))
    except Unfit as error:
        raise ValueError("no address") from error
    letter = path.referred((event.metadata or {}).get(REFERENCE))
    return take.told(found, address=address, letter=letter, source=Return.Source.WEBHOOK, mark=_mark(event, provider))


def finding(event: AnymailTrackingEvent) -> Finding | None:
    """What it says of its recipient; None where nothing follows from it. The table is in ``docs/delivery.md``."""
    words = " ".join(str(said) for said in (event.mta_response, event.description) if said)
    status = rules.telling_status("", words)
    masked = masked_words(words)
    match event.event_type:
        case EventType.COMPLAINED:
            return Finding(Return.Kind.COMPLAINT, status, masked)
        case EventType.DEFERRED:
            return Finding(Return.Kind.DELAYED, status, masked)
        case EventType.BOUNCED:
            kind = _REASONS.get(event.reject_reason) or rules.kind_of("failed", status, words)
            return Finding(kind, status, masked, failed=True)
        case EventType.REJECTED:
            kind = _LISTED.get(event.reject_reason, Return.Kind.OTHER)
            return Finding(kind, status, masked, failed=True)
        case EventType.FAILED:
            return Finding(Return.Kind.OTHER, status, masked, failed=True)
    return None


def _mark(event: AnymailTrackingEvent, provider: str) -> str:
    """What tells one that comes twice; with providers whose events have no number, what they are about."""
    about: tuple[Any, ...] = (provider, event.event_type, event.recipient, event.event_id)
    if not event.event_id:
        about += (event.message_id, event.timestamp)
    return hashlib.sha256(repr(about).encode()).hexdigest()
