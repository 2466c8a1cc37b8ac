"""The worked tables of docs/rating.md and its neighbours, read as the tests' data."""

from pathlib import Path

DOCUMENTS = Path(__file__).resolve().parents[3] / "docs"


def table(title: str, *, document: str = "rating.md") -> list[dict[str, str]]:
    """Rows of the first table after ``Worked: <title>…``, by column heading."""
    _, found, after = (DOCUMENTS / document).read_text(encoding="utf-8").partition(f"\nWorked: {title}")
    assert found, f"docs/{document} has no worked table {title!r}"
    lines = after.split("\n\n", 2)[1].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head, _, *rows = cells
    return [dict(zip(head, row, strict=True)) for row in rows]
