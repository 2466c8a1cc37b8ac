"""The tables of ``docs/verification.md``, which the tests hold the code to."""

from pathlib import Path

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "verification.md"


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table under ``heading``, without its head; code marks taken away."""
    after = _PAGE.read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in after.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]
