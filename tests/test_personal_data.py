"""``docs/personal-data.md`` names every model that leads to a person, and says truly where the download has it."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, Model

from madoguchi.accounts import export
from madoguchi.accounts.models import Account

PAGE = (Path(__file__).parent.parent / "docs" / "personal-data.md").read_text(encoding="utf-8")
TELLING = re.compile(r"email|address|phone|(^|_)number|network|agent|kana|birth|name")


def rows() -> dict[str, list[str]]:
    """The table by model."""
    lines = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| `")]
    return {cells[0].strip(" `"): [cell.strip() for cell in cells] for cells in lines}


def leading_to_an_account() -> set[type[Model]]:
    """Models with a foreign key to the account, or to one that has."""
    found: set[type[Model]] = {Account}
    while True:
        more = {
            model
            for model in apps.get_models()
            if model not in found
            and any(
                isinstance(field, ForeignKey) and field.related_model in found for field in model._meta.get_fields()
            )
        }
        if not more:
            return found
        found |= more


def named_like_personal_data() -> set[type[Model]]:
    return {model for model in apps.get_models() if any(TELLING.search(f.name) for f in model._meta.concrete_fields)}


@pytest.mark.parametrize("model", sorted(leading_to_an_account(), key=lambda model: model._meta.label))
def test_whatever_leads_to_a_person_is_listed(model: type[Model]) -> None:
    assert model._meta.label in rows(), f"list {model._meta.label} in docs/personal-data.md"


@pytest.mark.parametrize("model", sorted(named_like_personal_data(), key=lambda model: model._meta.label))
def test_whatever_sounds_personal_is_listed_or_declared_nobodys(model: type[Model]) -> None:
    assert f"`{model._meta.label}`" in PAGE, f"list {model._meta.label} in docs/personal-data.md"


def test_every_model_listed_exists() -> None:
    there = {model._meta.label for model in apps.get_models()}
    assert set(rows()) - there == set()


def test_the_download_has_the_sections_the_table_names_and_no_others() -> None:
    named = set()
    for cells in rows().values():
        if not cells[3].startswith("no"):
            named |= set(re.findall(r"`([a-z_]+)`", cells[3]))
    assert named == set(export.section_names())
