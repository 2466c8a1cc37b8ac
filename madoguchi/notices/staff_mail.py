"""Mail to the staff on duty: a report that could not be published, a trouble whose next report is due.

Everything a mail says is written with it: a draft may be gone by the time it leaves.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from madoguchi.delivery.models import Letter, Mailing
from madoguchi.delivery.notes import Note, draft
from madoguchi.delivery.renderers import Draft, register, slot
from madoguchi.lib.addresses import envelope
from madoguchi.lib.lanes import Lane
from madoguchi.notices import wording
from madoguchi.notices.models import Notice, Report
from madoguchi.shell.languages import in_language
from madoguchi.shell.templatetags.shell import in_language_plain

NOT_PUBLISHED, DUE_SOON, OVERDUE = "notices.not_published", "notices.report_due_soon", "notices.report_overdue"
ALL = (NOT_PUBLISHED, DUE_SOON, OVERDUE)
LASTS = timedelta(hours=24)
_SLOTS = {name: slot(name) for name in ("notice", "title", "moment", "page")}


def not_published(report: Report, *, moment: datetime, failure: Report.ScheduleFailure) -> None:
    """Tell that a scheduled report was not published at its ``moment``."""
    reference = f"{report.pk}/{moment.isoformat()}/{failure.value}"
    _tell(NOT_PUBLISHED, reference, report.notice, moment=moment)


def report_due(notice: Notice, *, due: datetime, is_overdue: bool) -> bool:
    """Tell that the report promised by ``due`` is wanted soon, or overdue: each once. False when it was told before."""
    return _tell(OVERDUE if is_overdue else DUE_SOON, f"{notice.pk}/{due.isoformat()}", notice, moment=due)


@transaction.atomic
def _tell(renderer: str, reference: str, notice: Notice, *, moment: datetime) -> bool:
    language = settings.LANGUAGE_CODE
    begun = {"lane": Lane.TROUBLE, "expires_at": timezone.now() + LASTS}
    mailing, is_new = Mailing.objects.get_or_create(
        renderer=renderer, reference=reference, single=False, defaults=begun
    )
    if not is_new:
        return False
    with override(language):
        values = {
            "notice": notice.number or _("Not published yet"),
            "title": in_language_plain(notice, "title"),
            "moment": wording.moment(moment),
            "page": settings.SITE_URL + in_language(f"/console/notices/{notice.pk}/", language),
        }
    to = envelope(settings.ALARM_ADDRESS)
    Letter.objects.create(mailing=mailing, recipient_key="alarm", address=to, language=language, personal=values)
    return True


def _render_not_published(reference: str, language: str, format: str) -> Draft:
    failure = Report.ScheduleFailure(reference.rpartition("/")[2])
    return draft(lambda: _not_published(str(failure.label)), language, format)


def _not_published(reason: str) -> Note:
    return Note(
        subject=_("Not published: %(title)s") % _SLOTS,
        paragraphs=(
            _("A scheduled report was not published at its moment."),
            _("The draft is kept and off the schedule. Check it and publish it, or schedule it again."),
        ),
        facts=(*_about(), (_("Moment"), _SLOTS["moment"]), (_("Reason"), reason)),
        button=_("Open the draft"),
        link=_SLOTS["page"],
        replies_unread=False,
        foot=_("You receive this email because this address is that of the staff on duty."),
    )


def _render_due_soon(reference: str, language: str, format: str) -> Draft:
    return draft(_due_soon, language, format)


def _due_soon() -> Note:
    return _due(
        _("The next report is due soon: %(title)s"), _("The next report of this trouble is due in a few minutes.")
    )


def _render_overdue(reference: str, language: str, format: str) -> Draft:
    return draft(_overdue, language, format)


def _overdue() -> Note:
    return _due(_("The next report is overdue: %(title)s"), _("The next report of this trouble is overdue."))


def _due(subject: str, first: str) -> Note:
    return Note(
        subject=subject % _SLOTS,
        paragraphs=(first,),
        facts=(*_about(), (_("Promised by"), _SLOTS["moment"])),
        button=_("Write the next report"),
        link=_SLOTS["page"],
        replies_unread=False,
        foot=_("You receive this email because this address is that of the staff on duty."),
    )


def _about() -> tuple[tuple[str, str], ...]:
    return ((_("Notice"), _SLOTS["notice"]), (_("Title"), _SLOTS["title"]))


register(NOT_PUBLISHED, _render_not_published)
register(DUE_SOON, _render_due_soon)
register(OVERDUE, _render_overdue)
