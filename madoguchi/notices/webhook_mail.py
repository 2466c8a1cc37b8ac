"""The word to a customer that their program is not called any more."""

from datetime import timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext, override

from madoguchi.delivery.post import post
from madoguchi.delivery.renderers import Draft, register, slot
from madoguchi.lib.lanes import Lane
from madoguchi.notices.models import Webhook
from madoguchi.shell import languages

RENDERER = "notices.webhook_stopped"
# The word is worth little after that.
LASTS = timedelta(days=7)


def tell_stopped(webhook: Webhook) -> None:
    """Mail the owner of a webhook that was stopped for its answers."""
    account = webhook.account
    post(
        renderer=RENDERER,
        reference=str(webhook.pk),
        lane=Lane.WORK,
        to=account.email,
        language=account.language,
        expires_at=timezone.now() + LASTS,
        personal={"name": webhook.name},
        recipient_key=account.recipient_key,
    )


def render(reference: str, language: str, format: str) -> Draft:
    with override(language):
        said = {
            "name": slot("name"),
            "url": f"{settings.SITE_URL}{languages.in_language('/my/webhooks/', language)}",
            "operator": settings.OPERATOR[f"name_{language}"],
        }
        return Draft(
            subject=gettext("Your webhook was stopped"),
            text=render_to_string("notices/mail/webhook_stopped.txt", said),
            html=None,
            sender=settings.MAIL_FROM_NOTICES,
        )


register(RENDERER, render)
