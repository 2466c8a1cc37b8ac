"""The audit log says in words what was done, whatever the act."""

import re
from pathlib import Path

import pytest

from madoguchi.console.customers.acts import ACTS
from madoguchi.console.templatetags.console import act_words

CONSOLE = Path(__file__).resolve().parents[1]
RECORDED = re.compile(r'audit\.record\(\s*request,\s*"([a-z_]+\.[a-z_]+)"')
SOURCES = [file for file in CONSOLE.rglob("*.py") if "tests" not in file.parts]
NAMED = {act for file in SOURCES for act in RECORDED.findall(file.read_text(encoding="utf-8"))}
NAMED |= {f"customer.{name}" for name in ACTS}


@pytest.mark.parametrize("act", sorted(NAMED))
def test_every_act_has_words(act: str) -> None:
    assert act_words(act)
