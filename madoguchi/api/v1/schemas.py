"""What ``/api/v1`` answers, as types: the OpenAPI description is made of these."""

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

# Spelled out: programs hang on these words, whatever ours become (test_schemas.py holds them together).
Kind = Literal["work", "trouble"]
State = Literal[
    "tentative",
    "confirmed",
    "in_progress",
    "completed",
    "cancelled",
    "investigating",
    "identified",
    "recovering",
    "monitoring",
    "recovered",
    "false_alarm",
]
Impact = Literal["outage", "degraded", "reduced_redundancy", "none"]
Severity = Literal["normal", "critical"]


class InBoth(Schema):
    """A text in both languages; null where nobody wrote it."""

    ja: str
    en: str | None


class Links(Schema):
    """The same page in both languages."""

    ja: str
    en: str


class WindowOut(Schema):
    starts_at: datetime
    ends_at: datetime
    spare: bool = Field(description="A day in reserve (予備日).")


class ServiceName(Schema):
    slug: str
    name: InBoth


class CategoryOut(Schema):
    slug: str
    name: InBoth


class Posted(Schema):
    """Notices in force, counted."""

    work: int
    trouble: int


class ServiceOut(ServiceName):
    kana: str
    aliases: list[str]
    category: str = Field(description="The slug of its category.")
    description: InBoth
    for_individuals: bool
    for_companies: bool
    regions: list[str] = Field(description="Prefecture codes (JIS X 0401) it is offered in; none means everywhere.")
    posted: Posted
    pages: Links


class ServiceList(Schema):
    services: list[ServiceOut]


class CategoryList(Schema):
    categories: list[CategoryOut]


class NoticeOut(Schema):
    number: str
    kind: Kind
    state: State
    in_force: bool
    withdrawn_at: datetime | None = Field(description="A withdrawn notice keeps its number and its title, no more.")
    withdrawn_reason: InBoth | None
    title: InBoth
    services: list[ServiceName]
    regions: list[str] = Field(description='Prefecture codes, "00" nationwide, "99" abroad; none means everywhere.')
    impact: Impact
    severity: Severity
    emergency_calls: InBoth | None = Field(description="The effect on calls to 110, 118 and 119, in words.")
    alternatives: InBoth | None = Field(description="What can be used instead, in words.")
    windows: list[WindowOut] = Field(description="Of planned work, main ones first.")
    started_at: datetime | None
    expected_end: datetime | None
    ended_at: datetime | None
    next_report_due: datetime | None
    first_published_at: datetime
    last_published_at: datetime
    pages: Links


class ReportOut(Schema):
    ordinal: int
    final: bool
    published_at: datetime
    state: State
    text: InBoth
    impact: Impact
    severity: Severity
    windows: list[WindowOut]
    expected_end: datetime | None
    changed: list[str] = Field(description="What differs from the report before: windows, expected_end, impact…")


class NoticeWithReports(NoticeOut):
    reports: list[ReportOut] = Field(description="Newest first.")


class NoticeList(Schema):
    notices: list[NoticeOut] = Field(description="Newest report first.")
    next: str | None = Field(description="The address of what comes after; null at the end.")


class StatusOut(Schema):
    """Whether something is wrong now, in four numbers."""

    trouble: int = Field(description="Trouble that is not over.")
    critical: int = Field(description="Of these, critical.")
    work_in_progress: int
    work_planned: int


class FaultOut(Schema):
    field: str
    message: str
    pointer: str | None = Field(None, description="Where in the body, as a JSON pointer (RFC 6901): #/started_on.")


class Problem(Schema):
    """RFC 9457, as application/problem+json."""

    type: str
    title: str
    status: int
    request_id: str
    detail: str | None = None
    errors: list[FaultOut] | None = None
