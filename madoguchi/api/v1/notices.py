"""Notices for programs: the list with its filters, one with every report, and the state of things in four numbers."""

from datetime import date
from typing import Annotated, Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from madoguchi.api.v1 import page
from madoguchi.api.v1.refused import Refused, fault
from madoguchi.api.v1.schemas import Kind, NoticeList, NoticeWithReports, Problem, State, StatusOut
from madoguchi.catalog.models import Category, Service
from madoguchi.catalog.regions import BY_CODE
from madoguchi.notices import as_json, search
from madoguchi.notices.models import Notice

router = Router(tags=["notices"])
NUMBER = r"^[WT]-[0-9]{4}-[0-9]{6,9}$"
Slug = Annotated[str, StringConstraints(pattern=r"^[-a-zA-Z0-9_]{1,60}$")]


class NoticeQuery(Schema):
    """What is looked for. Everything given has to match."""

    kind: Kind | None = None
    state: State | None = None
    in_force: bool = Field(False, description="Only what is posted now: not over and not withdrawn.")
    service: Slug | None = Field(None, description="The slug of a service.")
    category: Slug | None = Field(None, description="The slug of a category of services.")
    region: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")] | None = Field(
        None, description='A prefecture code (JIS X 0401), "00" nationwide, "99" abroad.'
    )
    since: Annotated[date, Field(ge=search.FIRST_DAY, le=search.LAST_DAY)] | None = Field(
        None, description="Notices whose time touches this day or a later one, on the operator's clock."
    )
    until: Annotated[date, Field(ge=search.FIRST_DAY, le=search.LAST_DAY)] | None = Field(
        None, description="Notices whose time touches this day or an earlier one."
    )
    text: Annotated[str, StringConstraints(max_length=100)] = Field(
        "", description="Words of the number, the title or a report."
    )
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    after: Annotated[str, StringConstraints(max_length=80)] = Field(
        "", description="Where a page begins: as `next` gives it."
    )


@router.get("/notices", response={200: NoticeList, 400: Problem}, summary="Notices, newest report first")
def notices(request: HttpRequest, asked: Query[NoticeQuery]) -> dict[str, Any]:
    found = search.find(_asked(asked)).prefetch_related("services", "windows")
    rows, following = page.cut(found, request=request, limit=asked.limit, after=asked.after)
    return {"notices": [as_json.notice(row) for row in rows], "next": following}


@router.get(
    "/notices/{number}",
    response={200: NoticeWithReports, 400: Problem, 404: Problem},
    summary="One notice with every report",
)
def notice(request: HttpRequest, number: Annotated[str, StringConstraints(pattern=NUMBER)]) -> dict[str, Any]:
    published = Notice.objects.published().prefetch_related("services", "windows", "reports")
    return as_json.notice_with_reports(get_object_or_404(published, number=number))


@router.get("/status", response=StatusOut, summary="Whether something is wrong now")
def status(request: HttpRequest) -> dict[str, int]:
    work, trouble = Q(kind=Notice.Kind.WORK), Q(kind=Notice.Kind.TROUBLE)
    under_way = Q(state=Notice.State.IN_PROGRESS)
    return Notice.objects.in_force().aggregate(
        trouble=Count("pk", filter=trouble),
        critical=Count("pk", filter=trouble & Q(severity=Notice.Severity.CRITICAL)),
        work_in_progress=Count("pk", filter=work & under_way),
        work_planned=Count("pk", filter=work & ~under_way),
    )


def _asked(query: NoticeQuery) -> search.Asked:
    """Raises :class:`Refused` for a service, category or region there is not: an empty answer would hide the slip."""
    faults = []
    if query.service and not Service.objects.filter(slug=query.service).exists():
        faults.append(fault("service", "unknown"))
    if query.category and not Category.objects.filter(slug=query.category).exists():
        faults.append(fault("category", "unknown"))
    if query.region and query.region not in BY_CODE:
        faults.append(fault("region", "unknown"))
    if query.since and query.until and query.until < query.since:
        faults.append(fault("until", "before_since"))
    if "\x00" in query.text:
        faults.append(fault("text", "nul"))
    if faults:
        raise Refused(faults)
    given = query.dict(exclude={"limit", "after"}, exclude_none=True)
    return search.Asked(**given)
