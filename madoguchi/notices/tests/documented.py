"""The worked tables of ``docs/notices.md``, for the tests."""

from pathlib import Path

PAGE = Path(__file__).resolve().parents[3] / "docs" / "notices.md"


def table(heading: str) -> tuple[list[str], list[list[str]]]:
    """The header and the rows of the first table below ``heading``, cells stripped."""
    lines = PAGE.read_text(encoding="utf-8").partition(f"{heading}\n")[2].splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[first:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows[0], rows[2:]
