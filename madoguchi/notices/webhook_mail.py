"""The word to a customer that their program is not called any more."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.delivery.notes import Note, note, page
from madoguchi.delivery.post import post
from madoguchi.delivery.renderers import slot
from madoguchi.lib.lanes import Lane
from madoguchi.notices.models import Webhook

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


@note(RENDERER)
def stopped() -> Note:
    return Note(
        subject=_("Your webhook was stopped"),
        paragraphs=(
            _("The following webhook of yours is not called any more, because it has not answered well for days, or "
              "said that it is gone."),
            _("When your program works again, log in and start the webhook on this page; its calls are listed there "
              "with what was answered:"),
        ),
        facts=((_("Webhook"), slot("name")),),
        button=_("See the webhooks"),
        link=page("/my/webhooks/"),
        foot=_("Email, feeds and calendars are not affected."),
        sender=settings.MAIL_FROM_NOTICES,
    )  # fmt: skip
