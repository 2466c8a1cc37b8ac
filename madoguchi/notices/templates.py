"""Starting from a template: the words prepared by day, with the facts known now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import QuerySet

from madoguchi.catalog.models import Service
from madoguchi.notices import lifecycle, write
from madoguchi.notices.content import NoticeContent, Period, ReportContent
from madoguchi.notices.models import Notice, ReportTemplate

_WORDS = (
    *("body_ja", "body_en"),
    *("emergency_calls_ja", "emergency_calls_en"),
    *("alternatives_ja", "alternatives_en"),
)


def fitting(kind: str, *, state: str = lifecycle.State.DRAFT) -> "QuerySet[ReportTemplate]":
    """The templates a report of a ``kind`` notice in ``state`` may start from, in the operator's order."""
    return ReportTemplate.objects.filter(kind=kind, state_after__in=lifecycle.next_states(kind=kind, state=state))


def content_from(
    template: ReportTemplate,
    *,
    services: Sequence[Service] = (),
    regions: Sequence[str] = (),
    started_at: datetime | None = None,
    windows: Sequence[Period] = (),
) -> tuple[NoticeContent, ReportContent]:
    """A new notice and its first report from ``template``; its blanks 〔…〕 are left to fill in."""
    about = NoticeContent(
        title_ja=template.title_ja,
        title_en=template.title_en,
        services=services,
        regions=regions,
    )
    words = {name: getattr(template, name) for name in _WORDS}
    says = ReportContent(
        state_after=template.state_after,
        impact=template.impact,
        severity=template.severity,
        started_at=started_at,
        windows=windows,
        **words,
    )
    return about, says


def further_from(template: ReportTemplate, notice: Notice) -> ReportContent:
    """A further report of ``notice``: the template's state and words, and the facts as last published.

    Words the template has none for (emergency calls, alternatives) stay as they were; so do impact and severity, but
    that what is over has no impact any more is for whoever writes to say.
    """
    words = {name: said for name in _WORDS if (said := getattr(template, name))}
    return replace(write.further_content(notice), state_after=template.state_after, **words)
