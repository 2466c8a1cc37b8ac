import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from madoguchi.lib.kana import NotKatakana, katakana_name

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "identity.md").read_text(encoding="utf-8")
NAMES = re.findall(
    r"^\| `([^`]+)` \| (`[^`]+`|refused: \S+) \|$", DOCUMENT.partition("## Names")[2].partition("\n## ")[0], re.M
)
HIRAGANA = "".join(map(chr, range(0x3041, 0x3097)))
KATAKANA = "".join(map(chr, range(0x30A1, 0x30FB)))


def test_the_document_has_names():
    assert len(NAMES) >= 14


@pytest.mark.parametrize(("typed", "answer"), NAMES)
def test_names_as_the_document_says(typed, answer):
    if answer.startswith("refused: "):
        with pytest.raises(NotKatakana) as refusal:
            katakana_name(typed)
        assert refusal.value.strange == answer.removeprefix("refused: ")
    else:
        assert katakana_name(typed) == answer.strip("`")


@given(st.text(alphabet=HIRAGANA + KATAKANA + "ー 　-ｰﾔﾏﾀﾞ", max_size=30))
def test_whatever_is_accepted_is_full_width_katakana_and_stays_as_it_is(typed):
    try:
        kept = katakana_name(typed)
    except NotKatakana:
        return
    assert re.fullmatch(r"([ァ-ヺー・]+( [ァ-ヺー・]+)*)?", kept)
    assert katakana_name(kept) == kept


@given(st.text(max_size=40))
@example("\0")
@example("ﾞ")
@example("\u202eヤマダ")
def test_any_text_is_kept_or_refused_with_the_characters_that_cannot_be(typed):
    try:
        kept, strange = katakana_name(typed), ""
    except NotKatakana as refusal:
        kept, strange = "", refusal.strange
    assert len(set(strange)) == len(strange)
    assert not re.search(r"[^ァ-ヺー・ヽヾ ]", kept)


@given(st.text(alphabet=HIRAGANA, min_size=1, max_size=20))
def test_hiragana_and_its_katakana_are_one_name(typed):
    assert katakana_name(typed) == katakana_name("".join(chr(ord(letter) + 0x60) for letter in typed))


def test_nothing_stays_nothing():
    assert katakana_name(" 　 ") == ""
