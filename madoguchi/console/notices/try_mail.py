"""``…/test/``: the mails of a draft, sent to whoever asks for them and to nobody else, once a minute."""

from datetime import timedelta
from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from django.views.decorators.http import require_POST

from madoguchi.accounts.limits import Limit, TooMany, take
from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.notices import find
from madoguchi.delivery.models import Letter
from madoguchi.delivery.post import post
from madoguchi.delivery.renderers import Draft, register
from madoguchi.lib.lanes import Lane
from madoguchi.notices.attached import PARTIES
from madoguchi.notices.lifecycle import Kind
from madoguchi.notices.mail import preview
from madoguchi.notices.models import Notice, Report
from madoguchi.notices.rehearse import mail_with_calendar

RENDERER = "console.try"
ONCE_A_MINUTE = Limit("console test mail", 1, timedelta(minutes=1))
VERSIONS = (("ja", "full"), ("ja", "short"), ("en", "full"), ("en", "short"))
_LASTS = timedelta(hours=1)


def versions(notice: Notice) -> tuple[tuple[str, str], ...]:
    """The languages and formats sent: of work the full mails bring the calendar, as they do where it is asked for."""
    if notice.kind != Kind.WORK:
        return VERSIONS
    return tuple((language, Letter.Format.CALENDAR if form == "full" else form) for language, form in VERSIONS)


@roles.may_write
@require_POST
def send(request: HttpRequest, notice_id: int, report_id: int) -> HttpResponse:
    report = find.report(notice_id, report_id)
    if report.ordinal is not None:
        return redirect("console:notice", notice_id)
    account = cast(Account, request.user)
    page = reverse("console:report_publish", args=[notice_id, report_id])
    try:
        with transaction.atomic():
            take(ONCE_A_MINUTE, str(account.pk))
            for language, form in versions(report.notice):
                post(
                    renderer=RENDERER,
                    reference=str(report.pk),
                    lane=Lane.CODES,
                    to=account.email,
                    language=language,
                    format=form,
                    expires_at=timezone.now() + _LASTS,
                    recipient_key=account.recipient_key,
                    personal={PARTIES: ""},
                )
            audit.record(request, "report.try", report.notice, report=report.pk)
    except TooMany:
        return redirect(f"{page}?test=wait#mail-preview")
    return redirect(f"{page}?test=sent#mail-preview")


def render(reference: str, language: str, format: str) -> Draft:
    """The draft's mail, marked as a test; without the headers by which a program would take it for the real one."""
    report = Report.objects.select_related("notice").get(pk=reference)
    attached = format == Letter.Format.CALENDAR and report.ordinal is None
    draft = mail_with_calendar(report, language) if attached else preview(report, language, format)
    with override(language):
        subject = gettext("[Test] %(subject)s") % {"subject": draft.subject}
    return Draft(subject=subject, text=draft.text, html=draft.html, sender=draft.sender, calendar=draft.calendar)


register(RENDERER, render)
