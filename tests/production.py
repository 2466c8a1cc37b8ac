"""A production environment for tests: what deploy/environment.example says, its secrets filled in."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "deploy" / "environment.example"


def example() -> dict[str, str]:
    """The variables of the example, as a shell or systemd would read them."""
    lines = (line.strip() for line in EXAMPLE.read_text(encoding="utf-8").splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def environment(**changes: str | None) -> dict[str, str]:
    """A complete environment; a change to ``None`` leaves the variable out."""
    ours = ("MADOGUCHI_", "DATABASE_", "PORT")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    filled = {name: value or secrets.token_urlsafe(48) for name, value in example().items()}
    changed = {**filled, **changes}
    return {**kept, **{name: value for name, value in changed.items() if value is not None}}


def madoguchi(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run our command in a process of its own, from another folder than ours."""
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "madoguchi", *words],
        env={**env, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        timeout=120,
    )
