"""The sample operator's catalogue: 13 categories, 40 services and the legal texts, from the files beside this one."""

import json
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
        Category(order=order, **category) for order, category in enumerate(data["categories"], start=1)
    )
    by_slug = {category.slug: category for category in categories}
    services = Service.objects.bulk_create(_service(entry, by_slug) for entry in data["services"])
    ServiceSection.objects.bulk_create(
        ServiceSection(service=service, order=order, **section)
        for service, entry in zip(services, data["services"], strict=True)
        for order, section in enumerate(entry.get("sections", []), start=1)
    )
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


def _legal_text(entry: dict[str, str]) -> LegalText:
    return LegalText(
        kind=entry["kind"],
        version=entry["version"],
        body_ja=(FOLDER / "legal" / f"{entry['kind']}.ja.md").read_text(encoding="utf-8"),
        body_en=(FOLDER / "legal" / f"{entry['kind']}.en.md").read_text(encoding="utf-8"),
        effective_at=datetime.fromisoformat(entry["effective_on"]).replace(tzinfo=JAPAN),
    )
