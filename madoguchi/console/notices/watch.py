"""What somebody on duty has to know: what is wrong, what is under way, what comes next, what waits for whom."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Min, Q
from django.utils import timezone

from madoguchi.console.notices.timing import Timing
from madoguchi.notices import approve
from madoguchi.notices.lifecycle import State
from madoguchi.notices.models import Notice, Report

SOON = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Planned:
    """Work and its main periods' first beginning and last end; ``late`` when it should have moved on by then."""

    notice: Notice
    begins: datetime
    ends: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class Watch:
    troubles: list[tuple[Notice, Timing]]
    under_way: list[Planned]
    soon: list[Planned]
    scheduled: list[Report]
    failed: list[Report]
    to_approve: list[Report]
    unsigned: list[Report]
    drafts: list[Report]

    @classmethod
    def now(cls) -> "Watch":
        now = timezone.now()
        in_force = Notice.objects.in_force().prefetch_related("services", "reports")
        troubles = [
            (notice, Timing.of(notice, now=now)) for notice in in_force.trouble().order_by("next_report_due", "pk")
        ]
        main = Q(windows__spare=False)
        work = (
            in_force.work()
            .annotate(begins=Min("windows__starts_at", filter=main), ends=Max("windows__ends_at", filter=main))
            .order_by("begins", "pk")
        )
        under_way = [_planned(one, late=one.ends < now) for one in work.filter(state=State.IN_PROGRESS)]
        soon = work.filter(state__in=(State.TENTATIVE, State.CONFIRMED), begins__lt=now + SOON)
        drafts = (
            Report.objects.filter(ordinal=None).select_related("notice", "written_by").order_by("-written_at", "-pk")
        )
        return cls(
            troubles=troubles,
            under_way=under_way,
            soon=[_planned(one, late=one.begins < now) for one in soon],
            scheduled=sorted((one for one in drafts if one.publish_at), key=lambda one: one.publish_at or now),
            failed=[one for one in drafts if one.schedule_failed],
            to_approve=list(approve.waiting().select_related("approval_asked_by")),
            unsigned=list(approve.unsigned()),
            drafts=[one for one in drafts if not (one.publish_at or one.schedule_failed or one.approval_asked_at)],
        )


def _planned(notice: Notice, *, late: bool) -> Planned:
    return Planned(notice=notice, begins=notice.begins, ends=notice.ends, late=late)  # type: ignore[attr-defined]
