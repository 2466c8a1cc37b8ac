"""docs/settings.md and the settings module name the same variables, and so does the production example."""

import re
from pathlib import Path

from madoguchi import settings
from tests.production import EXAMPLE, example

TABLE = (Path(__file__).resolve().parents[1] / "docs" / "settings.md").read_text(encoding="utf-8")
DOCUMENTED = re.findall(r"^\| `([A-Z0-9_]+)` \|", TABLE, flags=re.MULTILINE)


def test_every_variable_is_documented_once_and_none_is_invented() -> None:
    assert sorted(DOCUMENTED) == sorted(settings.ENV.declared)


def test_example_has_what_must_be_set_and_nothing_unknown() -> None:
    assert EXAMPLE.exists()
    must = set(re.findall(r"^\| `([A-Z0-9_]+)` \|.*\| must be set \|$", TABLE, flags=re.MULTILINE))
    assert must <= set(example())
    assert set(example()) <= set(settings.ENV.declared)
