"""ISO-2022-JP (RFC 1468) for old mobile phones, where the operator chooses it.

The charset has JIS X 0208 and ASCII and nothing else. What Windows types and JIS lacks is first made into what it
has (～ and － of CP932 are 〜 and − there; ① is 1, ㈱ is (株), half-width kana are wide); the rest is 〓, as printers
did. Every text is encoded from ASCII back to ASCII, so that texts can be put one after the other.
"""

import re
import unicodedata
from binascii import b2a_base64
from functools import lru_cache

GETA = "〓"
# One character in JIS, another in what CP932 decodes to; the last three so that JIS X 0201 is never switched to.
_TWINS = dict(zip("～－∥￠￡￢—￤¥‾", "〜−‖¢£¬―｜￥￣", strict=True))
_HALF_KANA = re.compile("[\uff61-\uff9f]+")
# "Subject: ", "=?ISO-2022-JP?B?", the word and "?=" are a line of at most 76 characters (RFC 2047, 2).
_WORD_BYTES = 36


def encode(text: str) -> bytes:
    """``text`` in ISO-2022-JP, seven bits, beginning and ending in ASCII; what it cannot carry is 〓."""
    return fitting(text).encode("iso2022_jp")


def fitting(text: str) -> str:
    """The same in characters that the charset has."""
    if text.isascii():
        return text
    text = _HALF_KANA.sub(lambda kana: unicodedata.normalize("NFKC", kana[0]), unicodedata.normalize("NFC", text))
    return "".join(map(_fitting, text))


@lru_cache(maxsize=4096)
def _fitting(character: str) -> str:
    character = _TWINS.get(character, character)
    if _has(character):
        return character
    if unicodedata.category(character) in ("Mn", "Cf"):
        return ""  # joins, selects a variant: nothing by itself
    plain = "".join(_TWINS.get(each, each) for each in unicodedata.normalize("NFKC", character))
    return plain if _has(plain) else GETA


def _has(text: str) -> bool:
    try:
        text.encode("iso2022_jp")
    except UnicodeEncodeError:
        return False
    return True


def encoded_words(text: str) -> str:
    """RFC 2047 encoded words, one a line, each beginning and ending in ASCII."""
    words = [""]
    for character in fitting(text):
        if len((words[-1] + character).encode("iso2022_jp")) > _WORD_BYTES:
            words.append("")
        words[-1] += character
    return "\r\n ".join(
        f"=?ISO-2022-JP?B?{b2a_base64(word.encode('iso2022_jp'), newline=False).decode()}?=" for word in words
    )
