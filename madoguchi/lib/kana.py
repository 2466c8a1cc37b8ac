"""Names in full-width katakana, out of what people type. ``docs/identity.md`` has the table."""

import re
import unicodedata

# Typed for the long mark ー. Half-width ｰ is among what NFKC already turns.
_DASHES = "-‐‑‒–—―−─━ｰ－~〜～ㅡ"
_LONG_MARK = str.maketrans(dict.fromkeys(_DASHES, "ー"))
# Hiragana ぁ–ゖ and the marks ゝゞ stand 0x60 below their katakana.
_KATAKANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_SPACES = re.compile(r"\s+")
# The kanji 一 after a katakana letter is the long mark, typed by shape.
_KANJI_ONE = re.compile(r"(?<=[ァ-ヺー])一")
_NAME = re.compile(r"[ァ-ヺー・ヽヾ]+(?: [ァ-ヺー・ヽヾ]+)*")


class NotKatakana(ValueError):
    """The text holds something no rule makes katakana; ``strange`` are those characters, each once."""

    def __init__(self, strange: str) -> None:
        super().__init__(strange)
        self.strange = strange


def katakana_name(typed: str) -> str:
    """``typed`` as a name in full-width katakana: NFKC, hiragana to katakana, dashes to ー, one inner space.

    Empty stays empty. Raises :class:`NotKatakana` when anything else remains.
    """
    text = unicodedata.normalize("NFKC", typed.translate(_LONG_MARK)).translate(_LONG_MARK)
    text = _KANJI_ONE.sub("ー", text.translate(_KATAKANA))
    text = _SPACES.sub(" ", text).strip()
    if text and not _NAME.fullmatch(text):
        strange = "".join(dict.fromkeys(re.sub(r"[ァ-ヺー・ヽヾ ]", "", text)))
        raise NotKatakana(strange)
    return text
