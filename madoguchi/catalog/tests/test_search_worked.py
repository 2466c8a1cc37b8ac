"""docs/catalogue.md is right: each of its worked tables goes through the search."""

from pathlib import Path

import pytest

from madoguchi.catalog.models import Category, Service
from madoguchi.catalog.search import fold

PAGE = Path(__file__).resolve().parents[3] / "docs" / "catalogue.md"
SERVICES = {
    "a": ("あおばIPフォン", "アオバアイピーフォン", ["050"]),
    "b": ("あおばIPフォン オフィス", "アオバアイピーフォン オフィス", []),
    "c": ("フリーコールあおば", "フリーコールアオバ", []),
}


def rows(header: str) -> list[list[str]]:
    lines = PAGE.read_text(encoding="utf-8").partition(f"| {header} |\n")[2].splitlines()[1:]
    end = next((number for number, line in enumerate(lines) if not line.startswith("|")), len(lines))
    return [[cell.strip(" ") for cell in line[1:-1].split("|")] for line in lines[:end]]


@pytest.mark.parametrize(("typed", "folded"), rows("typed | folded"))
def test_folding(typed, folded):
    assert fold(typed) == folded


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "found"), rows("query | found"))
def test_finding(query, found):
    category = Category.objects.create(slug="voice", name_ja="電話", name_en="Voice")
    for slug, (name, kana, aliases) in SERVICES.items():
        audience = {"for_individuals": True, "for_companies": True}
        service = Service(slug=slug, category=category, name_ja=name, kana=kana, aliases=aliases, **audience)
        service.fold_names()
        service.save()
    assert [service.slug for service in Service.objects.search(query)] == found.split()
