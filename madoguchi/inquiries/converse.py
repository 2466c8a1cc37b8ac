"""What the writer does by the link in a mail: confirm that they wrote, say that they did not, write further."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from madoguchi.accounts import limits
from madoguchi.inquiries import mail
from madoguchi.inquiries.models import Inquiry, Message
from madoguchi.inquiries.open import plain
from madoguchi.lib.tokens import digest

FURTHER = limits.Limit("further messages of an inquiry", 20, timedelta(hours=1))


class Unknown(Exception):
    """No inquiry has this link: cut off, mistyped, or deleted."""


class Expired(Exception):
    """Nothing was said for so long that the link opens no more."""


def find(token: str) -> Inquiry:
    """The inquiry the link opens; raises :class:`Unknown` or :class:`Expired`."""
    found = Inquiry.objects.select_related("service", "account").filter(token_digest=digest(token)).first()
    if found is None:
        raise Unknown
    if found.link_until <= timezone.now():
        raise Expired
    return found


@transaction.atomic
def confirm(inquiry: Inquiry) -> None:
    """Whoever holds the address says that they wrote; they get the copy. A second time changes nothing."""
    inquiry = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
    if inquiry.is_confirmed or inquiry.disowned_at:
        return
    inquiry.confirmed_at = timezone.now()
    inquiry.save(update_fields=["confirmed_at"])
    mail.send_copy(inquiry)


@transaction.atomic
def disown(inquiry: Inquiry) -> None:
    """Whoever holds the address did not write: the inquiry is closed, and no mail about it goes there again."""
    inquiry = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
    if inquiry.is_confirmed or inquiry.disowned_at:
        return
    inquiry.disowned_at = inquiry.closed_at = timezone.now()
    inquiry.state, inquiry.waiting_since = Inquiry.State.CLOSED, None
    inquiry.save()
    mail.call_back(inquiry)


def write_further(inquiry: Inquiry, *, body: str) -> None:
    """One more message; an answered or closed inquiry waits for the staff again. Raises :class:`limits.TooMany`.

    The last message once more is a button pressed twice and adds nothing.
    """
    limits.take(FURTHER, inquiry.number)
    with transaction.atomic():
        inquiry = Inquiry.objects.select_for_update(of=("self",)).get(pk=inquiry.pk)
        last = inquiry.messages.exclude(kind=Message.Kind.NOTE).last()
        if last and last.kind == Message.Kind.WRITER and last.body == plain(body):
            return
        now = timezone.now()
        inquiry.say(kind=Message.Kind.WRITER, body=plain(body), by=None, at=now)
        inquiry.wait(at=now)
        inquiry.save()
