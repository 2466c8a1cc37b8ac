"""How names and queries are brought to one form before they are compared; ``docs/catalogue.md`` has the rules."""

import re
import unicodedata
from collections.abc import Iterable

# Hiragana to katakana, and the long vowel mark to nothing: people type a hyphen, a minus or nothing in its place.
_KANA = {code: code + 0x60 for code in [*range(0x3041, 0x3097), 0x309D, 0x309E]} | {ord("ー"): None}


def fold(text: str) -> str:
    """One form for every way of typing the same word.

    Width and composition (NFKC), case, hiragana and katakana become one; spaces, every kind of dash, other marks and
    control characters vanish. ``fold(fold(text)) == fold(text)``; the answer holds letters and digits alone, so it
    needs no escaping in a LIKE pattern, and may be empty.
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(character for character in plain if character.isalnum())
    return unicodedata.normalize("NFKC", kept).translate(_KANA)


def words(query: str) -> list[str]:
    """The folded words of what somebody typed; words that fold to nothing are left out."""
    return [folded for word in re.split(r"\s+", unicodedata.normalize("NFKC", query)) if (folded := fold(word))]


def index(names: Iterable[str]) -> str:
    """The folded names of one thing, each on a line of its own with a line break on both sides.

    A name that starts with what was typed is then found by a line break and the text, and one that is just that by
    the text between two line breaks.
    """
    lines = dict.fromkeys(folded for name in names if (folded := fold(name)))
    return "".join(f"\n{line}" for line in lines) + "\n"
