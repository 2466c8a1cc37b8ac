"""Telling staff by mail that a mailing paused itself: too much of it could not be sent."""

import re
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext, override

from madoguchi.delivery import renderers
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.delivery.post import post
from madoguchi.delivery.renderers import Draft
from madoguchi.lib.lanes import Lane
from madoguchi.shell.languages import in_language

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
    with override(language):
        context = {name: renderers.slot(name) for name in ("failed", "sent", "waiting", "words")}
        context |= {
            "about": renderers.SLOT.sub("…", subject),
            "page": settings.SITE_URL + in_language(f"/console/mailings/{mailing.pk}/", language),
        }
        return Draft(
            subject=gettext("A mailing was paused: too many failures"),
            text=render_to_string("delivery/mail/paused.txt", context),
            html=None,
            sender=settings.MAIL_FROM_NOTICES,
        )
