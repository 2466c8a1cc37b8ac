"""The worked tables of ``docs/notices.md`` and ``docs/notices-life.md``, for the tests."""

from pathlib import Path

DOCS = Path(__file__).resolve().parents[3] / "docs"


def table(heading: str, *, page: str = "notices") -> tuple[list[str], list[list[str]]]:
    """The header and the rows of the first table below ``heading`` of ``docs/<page>.md``, cells stripped."""
    lines = (DOCS / f"{page}.md").read_text(encoding="utf-8").partition(f"{heading}\n")[2].splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[first:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")])
    return rows[0], rows[2:]


def life(heading: str) -> list[list[str]]:
    """The rows of a table of ``docs/notices-life.md``."""
    return table(heading, page="notices-life")[1]
