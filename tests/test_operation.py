"""docs/operation.md and deploy/ name what exists, and what they tell to do works."""

import re
import shutil
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.production import environment, madoguchi

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
UNITS = sorted((ROOT / "deploy").glob("*.service"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_unit_starts_a_program_of_the_installation(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    assert "EnvironmentFile=/etc/madoguchi/environment" in text
    assert f"{unit.stem}" in GUIDE
    (program, *words) = re.findall(r"^ExecStart=(.+)$", text, flags=re.MULTILINE)[0].split()
    name = program.removeprefix("/opt/madoguchi/.venv/bin/")
    assert shutil.which(name, path=str(ROOT / ".venv" / "bin")), name
    if name == "python":
        assert words[:2] == ["-m", "madoguchi"]
        assert words[2] in get_commands()


def test_guide_names_commands_and_files_that_exist() -> None:
    for command in re.findall(r"bin/madoguchi (\w+)", GUIDE):
        assert command in get_commands(), command
    for path in re.findall(r"`(deploy/[\w.-]+)`", GUIDE):
        assert (ROOT / path).exists(), path
    for target in re.findall(r"`[^`]*\bmake ([\w-]+)`", GUIDE):
        assert f"\n{target}:" in (ROOT / "Makefile").read_text(encoding="utf-8"), target


def test_guide_names_every_part_the_doctor_looks_at() -> None:
    from madoguchi.console.doctor.examination import PARTS

    (table,) = re.findall(r"## The doctor\n(.+?)\n## ", GUIDE, flags=re.DOTALL)
    assert re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE) == [part.name for part in PARTS]


@pytest.mark.django_db
def test_first_member_of_staff_is_made_as_the_guide_says(capsys: pytest.CaptureFixture[str]) -> None:
    from madoguchi.accounts.models import Account
    from madoguchi.accounts.second_factor import has_totp

    (code,) = re.findall(r"```python\n(.+?)```", GUIDE, flags=re.DOTALL)
    exec(code, {})  # noqa: S102 - our own guide
    staff = Account.objects.get(email="you@carrier.example")
    assert staff.is_staff
    assert has_totp(staff)
    assert len(capsys.readouterr().out.strip()) >= 16


def test_collectstatic_works_without_a_database(tmp_path: Path) -> None:
    env = environment(MADOGUCHI_VAR=str(tmp_path), DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    result = madoguchi("collectstatic", "--no-input", "-v0", env=env)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "static" / "staticfiles.json").exists()
