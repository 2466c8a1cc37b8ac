"""Compile every message catalogue: ``python -m madoguchi.shell.catalogues``."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_all(root: Path) -> list[Path]:
    """Write each ``django.mo`` beside its ``django.po`` under ``root``; return what was written."""
    written = []
    for source in sorted(root.glob("*/locale/*/LC_MESSAGES/django.po")):
        with source.open("rb") as po:
            catalogue = read_po(po, locale=source.parts[-3], domain="django")
        target = source.with_suffix(".mo")
        with target.open("wb") as mo:
            write_mo(mo, catalogue)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_all(Path(__file__).resolve().parent.parent)
