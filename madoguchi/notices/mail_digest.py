"""The mail in which what was held for an address comes together."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from madoguchi.delivery.models import Letter, Mailing
from madoguchi.delivery.renderers import Draft, register, slot
from madoguchi.notices import digest, mail, mail_again, mailings, wording
from madoguchi.notices.attached import PARTIES, WorkCalendar
from madoguchi.notices.calendar import Stand
from madoguchi.notices.models import Digest, Notice


def render(reference: str, language: str, format: str) -> Draft:
    """``reference`` is the id of the :class:`Digest`."""
    carried = Mailing.objects.filter(pk__in=Digest.objects.get(pk=reference).mailings)
    domain = settings.OPERATOR["domain"]
    with override(language):
        sections = digest.sections(carried)
        parts = [_section(place, of, language) for place, (_, of) in enumerate(sections)]
        said = {**parts[0], "parts": parts, "count": len(carried)}
        said["unsubscribe_url"] = mail.url(f"/unsubscribe/{slot('token')}/", language)
        said["subject"] = gettext("[Notices] %(count)s reports from outside your hours") % {"count": len(carried)}
        said["calendar"] = calendar = _calendar(sections) if format == Letter.Format.CALENDAR else None
        if format == "short":
            text, html = wording.wrapped(mail.plain("digest_short", said), width=mail.SHORT_WIDTH), None
        else:
            text, html = mail.plain("digest", said), render_to_string("notices/mail/digest.html", said)
    return Draft(
        subject=said["subject"],
        text=f"{text}\n",
        html=html,
        sender=settings.MAIL_FROM_NOTICES,
        headers=(
            ("Message-ID", f"<digest.{reference}.{slot('box')}@{domain}>"),
            ("List-Id", f"<digest.notices.{domain}>"),
            # Several links as one are too long for an address.
            *mail.stop_headers(said["unsubscribe_url"], by_mail=False),
        ),
        calendar=calendar,
    )


def _section(place: int, of: list[Mailing], language: str) -> dict[str, Any]:
    """One notice: what was said of it last, and what was said before."""
    newest, *older = [_said(mailing, language) for mailing in of]
    return {
        **newest,
        "older": older,
        "service": slot(f"service_{place}"),
        "there": slot(f"there_{place}"),
        "contracts": slot(f"contracts_{place}"),
        "unsubscribe_url": mail.url(f"/unsubscribe/{slot(f'token_{place}')}/", language),
    }


def _calendar(sections: list[tuple[Notice, list[Mailing]]]) -> WorkCalendar:
    """Of the work among them, as the newest of what was held has it."""
    stands = {}
    for place, (notice, (newest, *_)) in enumerate(sections):
        if notice.kind == Notice.Kind.WORK:
            withdrawn_at = notice.withdrawn_at if newest.renderer == mailings.WITHDRAWAL else None
            stands[f"{PARTIES}_{place}"] = Stand(mailings.occasion(newest).report, withdrawn_at)
    return WorkCalendar.about(stands)


def _said(mailing: Mailing, language: str) -> dict[str, Any]:
    report = mailings.occasion(mailing).report
    said = mail.context(report, language)
    if mailing.renderer == mailings.WITHDRAWAL:
        return {**said, **mail_again.withdrawn(report, language)}
    return {**said, "lead": mail_again.reminder_lead() if mailing.renderer == mailings.REMINDER else ""}


register(digest.RENDERER, render)
