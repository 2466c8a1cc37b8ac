"""The mails of an inquiry, one thread in the writer's mail program.

To an address that was only typed goes a link and nothing that was typed: the form can be used by anybody to have
us write to anybody. Once its holder has opened the link and confirmed, mails say what was written.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from madoguchi.delivery.forget import forget_recipients
from madoguchi.delivery.post import post
from madoguchi.delivery.renderers import Draft, register, slot
from madoguchi.inquiries.models import Inquiry, Message
from madoguchi.lib.lanes import Lane
from madoguchi.shell.languages import in_language
from madoguchi.shell.mail_frame import frame

LINK, COPY, ANSWER = "inquiries.link", "inquiries.copy", "inquiries.answer"
_WORTH_SENDING = timedelta(days=7)


def send_link(inquiry: Inquiry) -> None:
    """To an address nobody has confirmed: that something was written with it, and the link."""
    _post(LINK, str(inquiry.pk), inquiry)


def send_copy(inquiry: Inquiry) -> None:
    """To who wrote: what was written, and the link."""
    _post(COPY, str(inquiry.pk), inquiry)


def send_answer(message: Message) -> None:
    """The staff's answer, and the link to read the whole and to write back."""
    _post(ANSWER, str(message.pk), message.inquiry)


def call_back(inquiry: Inquiry) -> None:
    """Send nothing that still waits, and forget where the rest went."""
    forget_recipients([inquiry.recipient_key])


def preview(inquiry: Inquiry, body: str) -> Draft:
    """The answer ``body`` as the writer would get it; its link leads nowhere."""
    draft = _answer(inquiry, body, "preview", "full")
    hidden = f"{settings.SITE_URL}{in_language('/contact/', inquiry.language)}…/"
    return Draft(
        subject=draft.subject,
        text=draft.text.replace(slot("link"), hidden),
        html=draft.html and draft.html.replace(slot("link"), escape(hidden)),
        sender=draft.sender,
    )


def _post(renderer: str, reference: str, inquiry: Inquiry) -> None:
    post(
        renderer=renderer,
        reference=reference,
        lane=Lane.REST,
        to=inquiry.address,
        language=inquiry.language,
        expires_at=timezone.now() + _WORTH_SENDING,
        sealed={"link": inquiry.link},
        recipient_key=inquiry.recipient_key,
    )


def render_link(reference: str, language: str, format: str) -> Draft:
    inquiry = Inquiry.objects.get(pk=reference)
    with override(language):
        subject = _("[%(number)s] Your inquiry: please confirm your address") % {"number": inquiry.number}
        return _draft("link", inquiry, subject=subject, place="first", format=format)


def render_copy(reference: str, language: str, format: str) -> Draft:
    inquiry = Inquiry.objects.select_related("service").get(pk=reference)
    said = {"body": inquiry.messages.filter(kind=Message.Kind.WRITER)[0].body}
    with override(language):
        # With an ID it is the first mail; else the one with the link was.
        place = "first" if inquiry.account_id else "copy"
        return _draft("copy", inquiry, subject=_subject(inquiry), place=place, format=format, said=said)


def render_answer(reference: str, _language: str, format: str) -> Draft:
    message = Message.objects.select_related("inquiry__service").get(pk=reference)
    return _answer(message.inquiry, message.body, str(message.pk), format)


def _answer(inquiry: Inquiry, body: str, place: str, format: str) -> Draft:
    with override(inquiry.language):
        subject = f"Re: {_subject(inquiry)}"
        return _draft("answer", inquiry, subject=subject, place=place, format=format, said={"body": body})


def _subject(inquiry: Inquiry) -> str:
    """What was typed only to who is known to have typed it."""
    words = inquiry.subject if inquiry.is_confirmed else _("Your inquiry")
    return f"[{inquiry.number}] {words}"


def _draft(  # noqa: PLR0913 - the parts of a mail
    name: str, inquiry: Inquiry, *, subject: str, place: str, format: str, said: dict[str, Any] | None = None
) -> Draft:
    """``place`` is the mail's own in the thread, which begins with ``first``."""
    context = {
        **(said or {}),
        "inquiry": inquiry,
        "subject": subject,
        **frame(inquiry.language),
        "link": slot("link"),
        "sender": settings.MAIL_FROM_SUPPORT,
    }
    first = _message_id(inquiry, "first")
    thread = (("In-Reply-To", first), ("References", first)) if place != "first" else ()
    return Draft(
        subject=subject,
        text=render_to_string(f"inquiries/mail/{name}.txt", context),
        html=render_to_string(f"inquiries/mail/{name}.html", context) if format == "full" else None,
        sender=settings.MAIL_FROM_SUPPORT,
        headers=(("Message-ID", _message_id(inquiry, place)), *thread),
    )


def _message_id(inquiry: Inquiry, place: str) -> str:
    return f"<{inquiry.number}.{place}@{settings.OPERATOR['domain']}>"


register(LINK, render_link)
register(COPY, render_copy)
register(ANSWER, render_answer)
