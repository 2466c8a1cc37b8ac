"""What every template keeps to: words from the catalogues, nothing inline, and somebody who renders it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "madoguchi"
TEMPLATES = sorted(path for folder in ROOT.rglob("templates") for path in folder.rglob("*.*") if path.suffix)
PAGES = [path for path in TEMPLATES if path.suffix == ".html" and "mail" not in path.parts]
JAPANESE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uff01-\uff60]")
COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}", re.DOTALL)
INLINE = re.compile(
    r"<style\b|\sstyle=|\son[a-z]+=|javascript:|<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")",
    re.IGNORECASE,
)
# A sentence from the catalogue, whatever conditions end or begin after it, and then a space and something more.
JOINED = re.compile(
    r"(?:[.?!:][\"'](?: context \"[^\"]*\")? %\}|[.?!:]\{% endblocktranslate %\})(?:\{% (?:if|el|endif)[^%]*%\})*"
    r" (?:\{[%{]|<)"
)


def name(path: Path) -> str:
    """As ``render()`` calls it."""
    return path.as_posix().rpartition("/templates/")[2]


def ids(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=ids)
def test_words_stand_in_the_catalogue(path: Path) -> None:
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    # The honorific after a name and the form of a date are not words to translate.
    assert not JAPANESE.findall(re.sub(r"様|date:\"[^\"]*\"", "", text))


@pytest.mark.parametrize("path", PAGES, ids=ids)
def test_nothing_is_inline(path: Path) -> None:
    # Mail is another matter: its clients know no style sheet.
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    assert not INLINE.findall(text)


@pytest.mark.parametrize("path", PAGES, ids=ids)
def test_sentences_are_joined_as_the_language_joins_them(path: Path) -> None:
    # Japanese writes no space after 。: the tag gap knows.
    assert not JOINED.findall(path.read_text(encoding="utf-8"))


def test_somebody_renders_each() -> None:
    sources = [path for path in ROOT.rglob("*.py") if "tests" not in path.parts] + TEMPLATES
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    # By their own name, or by a name that is put together: errors/{status}.html.
    folders = set(re.findall(r"f\"([\w/]+/)\{", text))
    left = [
        name(path)
        for path in TEMPLATES
        if f'"{name(path)}"' not in text and f"'{name(path)}'" not in text
        if not name(path).startswith(("django/", "account/", "mfa/"))
        if not any(name(path).startswith(folder) for folder in folders)
    ]
    assert left == []


@pytest.mark.parametrize("path", PAGES, ids=ids)
def test_a_table_that_stacks_stays_a_table_for_a_screen_reader(path: Path) -> None:
    """Shown as blocks, its parts lose what they are; the roles say it (stacked-table.css)."""
    text = path.read_text(encoding="utf-8")
    for table in re.findall(r'<table class="[^"]*\bstacked\b.*?</table>', text, re.DOTALL):
        assert not re.findall(r"<(?:table|thead|tbody|tr|th|td)\b(?![^>]*\brole=)[^>]*>", table)


@pytest.mark.parametrize(
    "lists",
    [
        *("catalogue/services", "catalogue/categories", "legal_texts", "sites/board"),
        *("imports/board", "sent/rejected", "imports/undo", "imports/conflicts", "months/board", "months/page"),
        *("payments/upload", "contracts/upload", "contracts/page"),
    ],
)
def test_the_consoles_lists_stack_on_a_phone(lists: str) -> None:
    text = (ROOT / "console" / "templates" / "console" / f"{lists}.html").read_text(encoding="utf-8")
    assert text.count("<table") == len(re.findall(r'<table class="table [^"]*\bstacked"', text))
