"""A notice as publishing its draft report would leave it, to look at beforehand."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from madoguchi.notices.mail import open_number
from madoguchi.notices.models import Notice, Report
from madoguchi.notices.publish import hold, put


@contextmanager
def rehearsed(report: Report) -> Iterator[Notice]:
    """The notice with ``report``, a draft, published now, for as long as the block runs; then all of it is taken back.

    Nothing is checked, so that an incomplete draft can be seen too. The number of a first report is still open.
    """
    with transaction.atomic():
        report = hold(report)
        report = put(report, by=None, at=timezone.now())
        notice = Notice.objects.prefetch_related("services", "windows", "reports").get(pk=report.notice_id)
        if report.ordinal == 1:
            notice.number = open_number(notice)
        yield notice
        transaction.set_rollback(True)
