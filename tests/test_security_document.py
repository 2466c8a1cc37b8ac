"""docs/security.md: every id of the chapters once, and every file and test it names is there."""

import re
from pathlib import Path

import pytest

from madoguchi.console.security.assessment import REQUIREMENTS, assess
from madoguchi.console.security.requirement import Met, Standard

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in row.split("|")]
    for row in re.findall(r"^\| ((?:6|7|8|10)\.[0-9]+\.[0-9]+ \| [12] \|.*) \|$", TEXT, re.MULTILINE)
]
TRAPS = re.findall(r"^\| ([^|]+) \| [^|]+ \| `([^`|]+::[^`|]+)` \|$", TEXT.partition("## Traps")[2], re.MULTILINE)
MET = {"yes", "strict", "partly", "no", "–"}
# How many requirements of level 1 and of level 2 each section has in ASVS 5.0.0; they are counted from 1, and those of
# level 3 are left out.
SECTIONS = {
    "6.1": "1 2 2",
    "6.2": "1 1 1 1 1 1 1 1 2 2 2 2",
    "6.3": "1 1 2 2",
    "6.4": "1 1 2 2",
    "6.5": "2 2 2 2 2",
    "6.6": "2 2 2",
    "6.8": "2 2 2 2",
    "7.1": "2 2 2",
    "7.2": "1 1 1 1",
    "7.3": "2 2",
    "7.4": "1 1 2 2 2",
    "7.5": "2 2",
    "7.6": "2 2",
    "8.1": "1 2",
    "8.2": "1 1 2",
    "8.3": "1",
    "8.4": "2",
    "10.1": "2 2",
    "10.2": "2 2",
    "10.3": "2 2 2 2",
    "10.4": "1 1 1 1 1 2 2 2 2 2 2",
    "10.5": "2 2 2 2 2",
    "10.6": "2 2",
    "10.7": "2 2 2",
}


def place(name: str) -> Path:
    within = ROOT / "madoguchi" / name
    return within if within.exists() else ROOT / name


def exists(test: str) -> bool:
    """Whether ``file.py::test_name`` is a test."""
    file, _colons, name = test.partition("::")
    found = place(file)
    return found.is_file() and bool(re.search(rf"^\s*(?:async )?def {name}\(", found.read_text(encoding="utf-8"), re.M))


def test_every_requirement_of_the_chapters_stands_there_once() -> None:
    wanted = [
        (f"{section}.{number}", level)
        for section, levels in SECTIONS.items()
        for number, level in enumerate(levels.split(), start=1)
    ]
    assert [(row[0], row[1]) for row in ROWS] == wanted


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_what_a_row_names_is_there(row: list[str]) -> None:
    number, _level, _text, where, shown, met = row
    assert met in MET
    places, tests = re.findall(r"`([^`]+)`", where), re.findall(r"`([^`]+)`", shown)
    assert [name for name in places if not place(name).exists()] == []
    assert [name for name in tests if not exists(name)] == []
    if met == "–":
        assert not tests
    else:
        assert places
        assert tests
    if met not in {"yes", "strict"} or met == "strict":
        assert re.search(rf"^\| [^|]*\b{re.escape(number)}\b[^|]* \| [^|]+ \|$", TEXT, re.MULTILINE), "say why"


def test_where_the_page_computes_an_id_the_document_says_the_same(settings) -> None:
    said = {row[0]: row[5] for row in ROWS}
    verdicts = {}
    for profile in ("classic", "strict"):
        settings.SECURITY_PROFILE = profile
        verdicts[profile] = {
            finding.requirement.number: finding.met
            for finding in assess()
            if finding.requirement.standard is Standard.ASVS
        }
    differing = [
        number
        for number in {asked.number for asked in REQUIREMENTS} & set(said)
        if number != "6.3.2"  # the tests run the demo, which has its sample logins
        if (verdicts["classic"][number], verdicts["strict"][number])
        not in {
            "yes": {(Met.YES, Met.YES)},
            "strict": {(Met.NO, Met.YES)},
            "partly": {(Met.PARTLY, Met.PARTLY), (Met.YES, Met.PARTLY)},
            "no": {(Met.NO, Met.NO)},
        }[said[number]]
    ]
    assert differing == []


def test_every_trap_has_a_test() -> None:
    assert len(TRAPS) >= 14
    assert [trap for trap, test in TRAPS if not exists(test)] == []


def test_every_test_the_document_names_is_there() -> None:
    named = re.findall(r"`([\w/.]+\.py::\w+)`", TEXT)
    assert len(named) > 100
    assert [test for test in named if not exists(test)] == []
