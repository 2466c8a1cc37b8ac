"""Rows as what the API answers; a notice's form is :mod:`madoguchi.notices.as_json`."""

from typing import Any

from madoguchi.catalog.models import Category, Service
from madoguchi.contracts.models import Contract, Customer
from madoguchi.notices.as_json import in_both, links
from madoguchi.notices.models import Notice


def category(row: Category) -> dict[str, Any]:
    return {"slug": row.slug, "name": in_both(row, "name")}


def service(row: Service, *, posted: dict[str, int]) -> dict[str, Any]:
    """``row`` with its category; ``posted`` has how many notices of each kind are in force."""
    return {
        "slug": row.slug,
        "name": in_both(row, "name"),
        "kana": row.kana,
        "aliases": row.aliases,
        "category": row.category.slug,
        "description": in_both(row, "description"),
        "for_individuals": row.for_individuals,
        "for_companies": row.for_companies,
        "regions": row.regions,
        "posted": {kind.value: posted.get(kind.value, 0) for kind in Notice.Kind},
        "pages": links(f"/services/{row.slug}/"),
    }


def customer(row: Customer) -> dict[str, Any]:
    return {"number": row.number, "name": row.name, "name_kana": row.name_kana}


def contract(row: Contract) -> dict[str, Any]:
    """``row`` with its customer, service and telephone numbers."""
    held = sorted(row.telephone_numbers.all(), key=lambda number: (number.started_on, number.number))
    return {
        "number": row.number,
        "customer": row.customer.number,
        "service": row.service.slug,
        "plan": row.plan,
        "plan_en": row.plan_en,
        "usage_kind": row.usage_kind,
        "contact_phone": row.contact_phone,
        "started_on": row.started_on,
        "ended_on": row.ended_on,
        "numbers": [{"number": one.number, "started_on": one.started_on, "ended_on": one.ended_on} for one in held],
    }
