"""docs/glossary.md names what is really in the code."""

import re
from pathlib import Path

import pytest
from django.apps import apps

PAGE = Path(__file__).resolve().parents[1] / "docs" / "glossary.md"


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"`([a-z]+\.[A-Z][A-Za-z]+)`", PAGE.read_text(encoding="utf-8"))))
)
def test_every_model_it_names_is_there(name: str) -> None:
    assert apps.get_model(name)
