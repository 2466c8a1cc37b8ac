"""The sample operator's catalogue: 13 categories, 40 services and the legal texts, from the files beside this one."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from madoguchi.catalog.models import Category, LegalText, Service, ServiceSection

FOLDER = Path(__file__).resolve().parent
JAPAN = ZoneInfo("Asia/Tokyo")


def load(*, now: datetime, random: Random) -> None:
    """Write the catalogue into an empty database. The same on every day and for every seed."""
    data = json.loads((FOLDER / "catalog.json").read_text(encoding="utf-8"))
    categories = Category.objects.bulk_create(
        Category(order=order, icon=category["slug"], **category)
        for order, category in enumerate(data["categories"], start=1)
    )
    by_slug = {category.slug: category for category in categories}
    services = Service.objects.bulk_create(_service(entry, by_slug) for entry in data["services"])
    ServiceSection.objects.bulk_create(section for service in services for section in _sections(service))
    LegalText.objects.bulk_create(_legal_text(entry) for entry in data["legal_texts"])


def _service(entry: dict[str, Any], categories: dict[str, Category]) -> Service:
    service = Service(
        category=categories[entry["category"]],
        for_individuals=entry["for"] in {"individuals", "both"},
        for_companies=entry["for"] in {"companies", "both"},
        regions=entry.get("regions", []),
        aliases=entry["aliases"],
        **{name: entry[name] for name in ("slug", "name_ja", "name_en", "kana", "description_ja", "description_en")},
    )
    service.fold_names()
    return service


def _sections(service: Service) -> Iterator[ServiceSection]:
    """The sections in ``sections/<slug>.md``: ``# slug | ja title | en title``, the ja text, the mark, the en text."""
    file = FOLDER / "sections" / f"{service.slug}.md"
    if not file.exists():
        return
    parts = re.split(r"^# ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    for order, part in enumerate(parts, start=1):
        heading, _, bodies = part.partition("\n")
        slug, title_ja, title_en = heading.split(" | ")
        body_ja, body_en = bodies.split("<!-- en -->")
        yield ServiceSection(
            service=service,
            slug=slug,
            title_ja=title_ja,
            title_en=title_en,
            body_ja=body_ja.strip(),
            body_en=body_en.strip(),
            order=order,
        )


def _legal_text(entry: dict[str, str]) -> LegalText:
    file = entry.get("file", entry["kind"])
    return LegalText(
        kind=entry["kind"],
        version=entry["version"],
        body_ja=(FOLDER / "legal" / f"{file}.ja.md").read_text(encoding="utf-8"),
        body_en=(FOLDER / "legal" / f"{file}.en.md").read_text(encoding="utf-8"),
        effective_at=datetime.fromisoformat(entry["effective_on"]).replace(tzinfo=JAPAN),
    )
