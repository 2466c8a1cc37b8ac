"""The next report of a trouble: staff are told when it is due soon, and when it is late. Worked table:
``docs/notices-life.md``."""

from datetime import datetime, timedelta

from django.utils import timezone

from madoguchi.notices import staff_mail
from madoguchi.notices.models import Notice

AHEAD = timedelta(minutes=10)


def tell_overdue(*, at: datetime | None = None) -> int:
    """Tell the staff on duty of every trouble whose promised report is wanted at ``at`` (now); how many mails."""
    at = at or timezone.now()
    told = 0
    for notice in Notice.objects.in_force().trouble().filter(next_report_due__lte=at + AHEAD):
        due, said = notice.next_report_due, notice.last_published_at
        assert due is not None and said is not None  # noqa: S101, PT018 - published, and filtered
        match wanted(due=due, said=said, at=at):
            case "overdue":
                told += staff_mail.report_due(notice, due=due, is_overdue=True)
            case "soon":
                told += staff_mail.report_due(notice, due=due, is_overdue=False)
    return told


def wanted(*, due: datetime, said: datetime, at: datetime) -> str | None:
    """``overdue``, ``soon`` or None, for a report promised by ``due`` in the one published at ``said``."""
    if at >= due:
        return "overdue"
    return "soon" if said <= due - AHEAD <= at else None
