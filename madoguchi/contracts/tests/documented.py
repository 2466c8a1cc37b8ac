"""The tables of the documents, which the tests hold the code to."""

from pathlib import Path

_DOCUMENTS = Path(__file__).resolve().parents[3] / "docs"


def rows(heading: str, *, document: str = "verification") -> list[list[str]]:
    """The cells of the first table under ``heading``, without its head; code marks taken away."""
    after = (
        (_DOCUMENTS / f"{document}.md").read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    )
    lines = [line for line in after.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]
