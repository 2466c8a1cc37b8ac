"""Paper: the PDF reads back what was set, runs over pages with the head again, and keeps none of them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from madoguchi.statements.paper.document import About, Faces, Sheet, Style, written
from madoguchi.statements.paper.flow import Column, Flow, Row, wrapped
from madoguchi.statements.paper.typeface import typeface

from .pdf import read, text_of

ABOUT = About("請求書 (1)", "ja", "あおば通信", datetime(2026, 11, 22, 5, 5, tzinfo=UTC))
COLUMNS = [Column("項目", 200), Column("金額", 100, "right")]


def _no_foot(_sheet: Sheet, _ordinal: int) -> None:
    pass


def _list(faces: Faces, lines: int) -> Iterator[Sheet]:
    flow = Flow(faces, foot=_no_foot)
    table = flow.table(COLUMNS)
    for n in range(lines):
        table.row(Row([f"行{n}", f"¥{n:,}"]))
        yield from flow.full()
    yield from flow.end()


def _one(words: str, style: Style | None = None) -> bytes:
    faces = Faces()
    sheet = Sheet(faces)
    sheet.text(50, 50, words, style or Style())
    return b"".join(written([sheet], faces, ABOUT))


def test_text_is_read_back_as_it_was_set() -> None:
    words = "株式会社 髙橋商店 ¥1,111,111 (10%) Müller ﾃｽﾄ"
    assert words in text_of(_one(words))
    assert words in text_of(_one(words, Style(bold=True)))


def test_rare_letters_of_names_are_set_from_the_second_typeface() -> None:
    words = "𠮷野 﨑山 髙槗 渡邉 Nguyễn 12"
    for bold in (False, True):
        assert words in text_of(_one(words, Style(bold=bold)))
    assert typeface(bold=False).width("𠮷", 10) == 10


def test_the_file_says_what_it_is() -> None:
    told = read(_one("あ"), "pdfinfo", "-")
    assert "請求書 (1)" in told
    assert "あおば通信" in told
    assert b"/Lang (ja)" in _one("あ")


def test_a_letter_the_typeface_lacks_is_marked_and_controls_are_left_out() -> None:
    face = typeface(bold=False)
    assert face.printable("吉野\u202e太郎\x00😀") == "吉野太郎〓"
    assert face.printable("か\u3099") == "が"


def test_figures_stand_in_columns() -> None:
    face = typeface(bold=True)
    assert face.width("1,111", 9) == face.width("9,999", 9)


def test_a_table_runs_over_pages_with_its_head_on_each() -> None:
    faces = Faces()
    pages = text_of(b"".join(written(_list(faces, 100), faces, ABOUT))).split("\f")[:-1]
    assert len(pages) == 3
    assert all("項目" in page and "金額" in page for page in pages)
    told = [line.split() for page in pages for line in page.splitlines() if line.startswith("行")]
    assert told == [[f"行{n}", f"¥{n:,}"] for n in range(100)]


def test_a_page_is_forgotten_once_it_was_handed_out() -> None:
    faces = Faces()
    made: list[Sheet] = []

    def counted() -> Iterator[Sheet]:
        for sheet in _list(faces, 500):
            made.append(sheet)
            yield sheet

    pieces = written(counted(), faces, ABOUT)
    head = [next(pieces) for _ in range(5)]  # the first line, and two objects for each of two pages
    assert len(made) == 2
    assert b"/Type /Page " in head[4]
    pieces.close()  # type: ignore[attr-defined]


def test_lines_break_between_english_words_and_japanese_letters() -> None:
    faces = Faces()
    style = Style(10)
    lines = wrapped(faces, "one two three four five six seven", 60, style)
    assert " ".join(lines) == "one two three four five six seven"
    assert len(lines) > 2
    japanese = wrapped(faces, "あいうえおかきくけこ、さしすせそ。", 100, style)
    assert "".join(japanese) == "あいうえおかきくけこ、さしすせそ。"
    assert not any(line.startswith(("、", "。")) for line in japanese)
    assert wrapped(faces, "x" * 50, 60, style)[0]  # a word wider than a line
    assert "".join(wrapped(faces, "x" * 50, 60, style)) == "x" * 50


def test_a_document_without_a_page_is_refused() -> None:
    with pytest.raises(ValueError, match="a sheet at least"):
        list(written([], Faces(), ABOUT))
