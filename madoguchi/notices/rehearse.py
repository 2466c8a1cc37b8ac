"""A notice as publishing its draft report would leave it, to look at beforehand."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from madoguchi.delivery.models import Letter
from madoguchi.delivery.renderers import Draft
from madoguchi.notices.attached import PARTIES
from madoguchi.notices.mail import open_number, preview
from madoguchi.notices.models import Notice, Report
from madoguchi.notices.publish import hold, put


@contextmanager
def rehearsed(report: Report) -> Iterator[Notice]:
    """The notice with ``report``, a draft, published now, for as long as the block runs; then all of it is taken back.

    Nothing is checked, so that an incomplete draft can be seen too. The number of a first report is still open.
    """
    with transaction.atomic():
        report = hold(report)
        # A worker defers jobs on a connection of its own: they would outlive what is taken back here.
        report = put(report, by=None, at=timezone.now(), tell=False)
        notice = Notice.objects.prefetch_related("services", "windows", "reports").get(pk=report.notice_id)
        if report.ordinal == 1:
            notice.number = open_number(notice)
        yield notice
        transaction.set_rollback(True)


def mail_with_calendar(report: Report, language: str) -> Draft:
    """The mail of ``report``, a draft about work, for addresses that ask for the work calendar."""
    with rehearsed(report) as notice:
        assert notice.latest_report is not None  # noqa: S101 - just published
        return preview(notice.latest_report, language, Letter.Format.CALENDAR)


def work_calendar(report: Report, language: str) -> str:
    """That mail's calendar as one gets it who has no contract of their own there, a line for each property."""
    attached = mail_with_calendar(report, language).calendar
    made = attached.of({PARTIES: ""}) if attached else b""
    return made.decode().replace("\r\n ", "").replace("\r\n", "\n")
