"""Services and their categories for programs."""

from typing import Annotated, Any, Literal

from django.db.models import Count
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from madoguchi.api.v1 import shapes
from madoguchi.api.v1.notices import Slug
from madoguchi.api.v1.refused import Refused, fault
from madoguchi.api.v1.schemas import CategoryList, Problem, ServiceList, ServiceOut
from madoguchi.catalog.models import Category, Service
from madoguchi.notices.models import Notice

router = Router(tags=["services"])
_AUDIENCES = {"individuals": "for_individuals", "companies": "for_companies"}


class ServiceQuery(Schema):
    """What is looked for. Everything given has to match."""

    text: Annotated[str, StringConstraints(max_length=100)] = Field(
        "", description="Words of the name, its reading, the English name or an alias, in any width and case."
    )
    category: Slug | None = Field(None, description="The slug of a category.")
    audience: Literal["individuals", "companies"] | None = None


@router.get("/services", response={200: ServiceList, 400: Problem}, summary="Services that have not ended")
def services(request: HttpRequest, asked: Query[ServiceQuery]) -> dict[str, Any]:
    if asked.category and not Category.objects.filter(slug=asked.category).exists():
        raise Refused([fault("category", "unknown")])
    if "\x00" in asked.text:
        raise Refused([fault("text", "nul")])
    found = Service.objects.offered().by_name()
    if asked.text:
        found = found.search(asked.text)
    if asked.category:
        found = found.filter(category__slug=asked.category)
    if asked.audience:
        found = found.filter(**{_AUDIENCES[asked.audience]: True})
    posted = _posted()
    rows = found.select_related("category")
    return {"services": [shapes.service(row, posted=posted.get(row.pk, {})) for row in rows]}


@router.get(
    "/services/{slug}", response={200: ServiceOut, 400: Problem, 404: Problem}, summary="One service, ended or not"
)
def service(request: HttpRequest, slug: Slug) -> dict[str, Any]:
    row = get_object_or_404(Service.objects.select_related("category"), slug=slug)
    return shapes.service(row, posted=_posted().get(row.pk, {}))


@router.get("/categories", response=CategoryList, summary="Categories of services")
def categories(request: HttpRequest) -> dict[str, Any]:
    return {"categories": [shapes.category(row) for row in Category.objects.all()]}


def _posted() -> dict[int, dict[str, int]]:
    """By service, how many notices of each kind are in force."""
    counted: dict[int, dict[str, int]] = {}
    in_force = Notice.objects.in_force().order_by().values_list("services", "kind")
    for key, kind, number in in_force.annotate(Count("pk", distinct=True)):
        counted.setdefault(key, {})[kind] = number
    return counted
