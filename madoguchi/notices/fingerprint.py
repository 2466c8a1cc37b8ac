"""One word for everything a report would make public: what was read is what is published, or nothing."""

import hashlib
import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from madoguchi.catalog.models import Service
from madoguchi.notices import write
from madoguchi.notices.content import NoticeContent, Period, ReportContent
from madoguchi.notices.models import Report


def fingerprint(report: Report) -> str:
    """64 hex digits over what the notice is about and what ``report`` says, as they are stored."""
    said = (write.content_of(report.notice), write.content_of_report(report))
    return hashlib.sha256(json.dumps([_values(part) for part in said]).encode()).hexdigest()


def _values(content: NoticeContent | ReportContent) -> dict[str, Any]:
    return {field.name: _plain(getattr(content, field.name)) for field in fields(content)}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case Service():
            return value.pk
        case Period():
            return value.to_json()
        case tuple() | list():
            return sorted(map(_plain, value), key=repr)
    return value
