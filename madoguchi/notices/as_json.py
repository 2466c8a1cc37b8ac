"""A published notice as JSON: what the API answers and what customers' programs are called with."""

from datetime import datetime
from typing import Any

from django.conf import settings

from madoguchi.notices.content import Period
from madoguchi.notices.models import Notice, Report
from madoguchi.shell import languages


def in_both(row: object, field: str) -> dict[str, str | None]:
    return {"ja": getattr(row, f"{field}_ja"), "en": getattr(row, f"{field}_en") or None}


def _if_any(row: object, field: str) -> dict[str, str | None] | None:
    said = in_both(row, field)
    return said if any(said.values()) else None


def links(path: str) -> dict[str, str]:
    return {code: f"{settings.SITE_URL}{languages.in_language(path, code)}" for code in ("ja", "en")}


# Of a withdrawn notice nothing else is told: its page does not either.
_TAKEN_BACK: dict[str, Any] = {
    "in_force": False,
    "emergency_calls": None,
    "alternatives": None,
    "windows": [],
    "started_at": None,
    "expected_end": None,
    "ended_at": None,
    "next_report_due": None,
}


def notice(row: Notice) -> dict[str, Any]:
    """A published ``row`` with its services and windows."""
    withdrawn = row.withdrawn_at is not None
    told = {
        "number": row.number,
        "kind": row.kind,
        "state": row.state,
        "in_force": row.is_in_force,
        "withdrawn_at": row.withdrawn_at,
        "withdrawn_reason": in_both(row, "withdrawn_reason") if withdrawn else None,
        "title": in_both(row, "title"),
        "services": [{"slug": one.slug, "name": in_both(one, "name")} for one in row.services.all()],
        "regions": row.regions,
        "impact": row.impact,
        "severity": row.severity,
        "emergency_calls": _if_any(row, "emergency_calls"),
        "alternatives": _if_any(row, "alternatives"),
        "windows": _windows(row.periods),
        "first_published_at": row.first_published_at,
        "last_published_at": row.last_published_at,
        "pages": links(f"/notices/{row.number}/"),
        **{name: _moment(row, name) for name in ("started_at", "expected_end", "ended_at", "next_report_due")},
    }
    return told | _TAKEN_BACK if withdrawn else told


def notice_with_reports(row: Notice) -> dict[str, Any]:
    reports = [] if row.withdrawn_at else [report(one) for one in row.published_reports]
    return {**notice(row), "reports": reports}


def report(row: Report) -> dict[str, Any]:
    return {
        "ordinal": row.ordinal,
        "final": row.is_final,
        "published_at": row.published_at,
        "state": row.state_after,
        "text": in_both(row, "body"),
        "impact": row.impact,
        "severity": row.severity,
        "windows": _windows(row.periods),
        "expected_end": row.expected_end,
        "changed": sorted(row.changes),
    }


def _windows(periods: tuple[Period, ...]) -> list[dict[str, Any]]:
    return [{"starts_at": one.starts_at, "ends_at": one.ends_at, "spare": one.spare} for one in periods]


def _moment(row: Notice, name: str) -> datetime | None:
    value: datetime | None = getattr(row, name)
    return value
