"""Telling staff by mail that a mailing paused itself: too much of it could not be sent."""

import re
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.delivery import renderers
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.delivery.notes import Note, draft, page
from madoguchi.delivery.post import post
from madoguchi.delivery.renderers import Draft
from madoguchi.lib.lanes import Lane

PAUSED = "delivery.paused"
LASTS = timedelta(hours=24)
_ADDRESS = re.compile(r"\S+@\S+")


def pause_for_failures(mailing_id: int, *, words: str) -> bool:
    """Pause a mailing and tell staff, once however many workers find it at the same time; whether this one did.

    ``words`` are the relay's last; addresses in them are masked. One letter to one person is never paused.
    """
    with transaction.atomic():
        mailing = Mailing.objects.get(pk=mailing_id)
        if mailing.single or not mailing.pause(reason=Mailing.Why.FAILURES):
            return False
        counts = mailing.progress()
        post(
            renderer=PAUSED,
            reference=str(mailing.pk),
            lane=Lane.CODES,
            to=settings.ALARM_ADDRESS,
            language=settings.LANGUAGE_CODE,
            expires_at=timezone.now() + LASTS,
            personal={
                "failed": str(counts.get(Letter.State.FAILED, 0)),
                "sent": str(counts.get(Letter.State.SENT, 0)),
                "waiting": str(counts.get(Letter.State.QUEUED, 0)),
                "words": _ADDRESS.sub("…", words)[:300],
            },
        )
    return True


def render(reference: str, language: str, format: str) -> Draft:
    """The mail about the mailing ``reference``; it names it by its own subject."""
    mailing = Mailing.objects.get(pk=reference)
    try:
        subject = renderers.render(mailing.renderer, mailing.reference, language, "full").subject
    except Exception:  # noqa: BLE001 - what cannot be rendered may be the very reason
        subject = str(mailing)
    return draft(lambda: _paused(mailing, renderers.SLOT.sub("…", subject)), language, format)


def _paused(mailing: Mailing, about: str) -> Note:
    said = {name: renderers.slot(name) for name in ("failed", "sent", "waiting", "words")}
    return Note(
        subject=_("A mailing was paused: too many failures"),
        paragraphs=(
            _("A mailing was paused, because too many of its letters could not be sent."),
            _("The letters that wait are kept. Find the cause, then resume the mailing or cancel it in the console."),
        ),
        facts=(
            (_("Mailing"), about),
            (_("Failed so far"), said["failed"]),
            (_("Sent so far"), said["sent"]),
            (_("Waiting"), said["waiting"]),
            (_("The relay said last"), said["words"]),
        ),
        button=_("See the mailing"),
        link=page(f"/console/mailings/{mailing.pk}/"),
        replies_unread=False,
        foot=_("You receive this email because this address is that of the staff on duty."),
        sender=settings.MAIL_FROM_NOTICES,
    )
