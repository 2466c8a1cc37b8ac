"""The worked tables of docs/identity.md, for the tests that read them."""

from pathlib import Path

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "identity.md"


def table(heading: str) -> list[list[str]]:
    """The rows of the first table whose header row begins with ``heading``, without the back-ticks."""
    lines = iter(_PAGE.read_text(encoding="utf-8").splitlines())
    for line in lines:
        if line.startswith(f"| {heading} |"):
            break
    else:
        raise LookupError(heading)
    next(lines)  # the rule below the header
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().replace("`", "") for cell in line.strip("|").split("|")])
    return rows
