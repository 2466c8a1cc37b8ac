"""Message catalogues: ``python -m madoguchi.shell.catalogues compile | update | check``.

English is written in the code and the templates, Japanese in the catalogue of the nearest room: the closest folder
above a file that holds ``locale/``. Pure Python, so that neither running nor developing needs GNU gettext.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
LANGUAGE = "ja"
# Five words in a row: no name is so long, so they are another message's, left there by a merge.
_ENGLISH = re.compile(r"(?:[A-Za-z][a-z']*[ ,.]+){4}[A-Za-z]")


def catalogue_files() -> list[Path]:
    return sorted(ROOT.glob(f"**/locale/{LANGUAGE}/LC_MESSAGES/django.po"))


def room_of(file: Path) -> Path:
    """The closest folder above ``file`` that keeps a catalogue."""
    return next(folder for folder in file.parents if (folder / "locale").is_dir())


def _sources() -> Iterator[tuple[Path, bytes]]:
    # Imported late: templatize needs configured settings, compiling does not.
    from django.utils.translation.template import templatize

    for file in sorted(ROOT.rglob("*.py")):
        if not {"migrations", "tests"} & set(file.parts):
            yield file, file.read_bytes()
    for file in sorted([*ROOT.rglob("templates/**/*.html"), *ROOT.rglob("templates/**/*.txt")]):
        yield file, templatize(file.read_text(encoding="utf-8"), origin=str(file)).encode()


def extracted() -> dict[Path, Catalog]:
    """Every message found in the code and the templates, by room."""
    found: dict[Path, Catalog] = {}
    for file, source in _sources():
        for line, message, comments, context in extract(
            "python", io.BytesIO(source), keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
        ):
            room = room_of(file)
            catalogue = found.setdefault(room, Catalog(locale=LANGUAGE, project="Madoguchi", fuzzy=False))
            place = (file.relative_to(ROOT).as_posix(), line)
            flags = ["python-format"] if "%(" in str(message) else []
            catalogue.add(message, None, [place], auto_comments=comments, context=context, flags=flags)
    return found


def update() -> None:
    """Bring every room's catalogue up to what the code says; new messages wait there with an empty translation."""
    for room, fresh in extracted().items():
        path = room / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            with path.open("rb") as file:
                known = read_po(file, locale=LANGUAGE)
            for message in fresh:
                if message.id and (old := known.get(message.id, context=message.context)):
                    message.string = old.string
        with path.open("wb") as file:
            # No header: its date would change, and collide, at every update. Compiling adds what is needed of it.
            write_po(file, fresh, omit_header=True, no_location=True, sort_output=True, width=120)


def problems() -> Iterator[str]:
    """What is missing, left over, empty or at odds, one sentence each."""
    yield from _at_odds()
    for room, fresh in extracted().items():
        path = room / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
        name = path.relative_to(ROOT.parent)
        if not path.exists():
            yield f"{name}: does not exist"
            continue
        with path.open("rb") as file:
            known = read_po(file, locale=LANGUAGE)
        for message in fresh:
            kept = known.get(message.id, context=message.context) if message.id else None
            if message.id and (kept is None or not all(_strings(kept.string)) or kept.fuzzy):
                yield f"{name}: no translation of {message.id!r}"
        for message in known:
            if message.id and fresh.get(message.id, context=message.context) is None:
                yield f"{name}: nothing says {message.id!r} any more"
            for error in message.check():
                yield f"{name}: {message.id!r}: {error}"
            if message.id and any(_ENGLISH.search(text) for text in _strings(message.string)):
                yield f"{name}: {message.id!r}: English in the middle of the Japanese"


def _at_odds() -> Iterator[str]:
    """Rooms that translate the same words differently: Django keeps one table, so one of them would win everywhere."""
    said: dict[tuple[object, str | None], dict[str, list[str]]] = {}
    for path in catalogue_files():
        with path.open("rb") as file:
            for message in read_po(file, locale=LANGUAGE):
                if message.id:
                    room = path.parents[3].relative_to(ROOT).as_posix()
                    words = said.setdefault((message.id, message.context), {})
                    words.setdefault(" | ".join(_strings(message.string)), []).append(room)
    for (text, _context), words in said.items():
        if len(words) > 1:
            places = "; ".join(f"{translation!r} in {', '.join(rooms)}" for translation, rooms in words.items())
            yield f"{text!r} is {places}: give one of them a context"


def _strings(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (str(value or ""),)


def compile_all() -> None:
    for source in catalogue_files():
        with source.open("rb") as po:
            catalogue = read_po(po, locale=LANGUAGE, domain="django")
        with source.with_suffix(".mo").open("wb") as mo:
            write_mo(mo, catalogue)


def main(command: str) -> int:
    if command == "compile":
        compile_all()
        return 0
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure()
        django.setup()
    if command == "update":
        update()
        compile_all()
        return 0
    found = list(problems())
    sys.stderr.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
