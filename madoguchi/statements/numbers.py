"""Telephone numbers as switches write them → E.164, with what was dialled before them kept apart.

Sources: the Japanese numbering plan (番号計画) of the ministry, ITU-T E.164, libphonenumber for numbers abroad.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from . import areas
from .reasons import Unreadable

# What switches write where the caller withheld the number or it did not arrive.
WITHHELD = {
    "",
    "anonymous",
    "unknown",
    "restricted",
    "unavailable",
    "private",
    "withheld",
    "非通知",
    "公衆電話",
    "表示圏外",
}

_SPREADSHEET = re.compile(r"\d(\.\d+)?e\+?\d+", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\s()\-‐‑–—−ー.\u200b]")
# Caller id on or off, docomo's and au's bill splitting, carrier selectors (001, 00XX, 0091XX, 002YZ).
_SELECTORS = re.compile(r"(18[46](?=.)|131[1-9]?(?=0)|001(?=010)|00(?:91\d\d|2\d\d|\d\d)(?=0))")
# Special numbers: emergency (118 too), directory, telegram, time, disaster message, weather, consumers, children.
_SPECIAL = re.compile(r"1(?:1[0-9]|04|13|36|4[0-9]|51|71|77|8[89])|#\d{4}")
# Digits after the leading 0, by what they begin with.
OTHER_LENGTH = 9
LENGTHS = ((13, ("200",)), (10, ("20", "50", "60", "70", "80", "90")))


@dataclass(frozen=True, slots=True)
class Number:
    """``e164``: +81312345678, a special number as dialled (117), or empty when withheld."""

    e164: str
    dialled: str = ""


@lru_cache(maxsize=100_000)
def normalise(text: str) -> Number:
    """Read a number as a Japanese switch writes it; raises :class:`~.reasons.Unreadable`."""
    text = unicodedata.normalize("NFKC", text).strip().removeprefix("sip:").removeprefix("tel:").partition("@")[0]
    if text.lower() in WITHHELD:
        return Number("")
    if _SPREADSHEET.fullmatch(text):
        raise Unreadable("spreadsheet", text)
    bare = _PUNCTUATION.sub("", text)
    stripped = ""
    while match := _SELECTORS.match(bare):
        stripped += match[0]
        bare = bare[match.end() :]
    if _SPECIAL.fullmatch(bare):
        return Number(bare, stripped)
    if not re.fullmatch(r"\+?\d{2,20}", bare):
        raise Unreadable("not_a_number", text)
    return Number(_e164(bare, text), stripped)


def _e164(bare: str, text: str) -> str:
    if bare.startswith("+"):
        full = bare
    elif bare.startswith("010"):
        full = f"+{bare[3:]}"
    elif bare.startswith("0"):
        full = f"+81{bare[1:]}"
    else:  # some gateways write the country code without the plus sign
        full = f"+{bare}"
    if full.startswith("+81"):
        national = full[3:].removeprefix("0")
        if len(national) != _japanese_length(national):
            raise Unreadable("wrong_length", text)
        return f"+81{national}"
    try:
        number = phonenumbers.parse(full)
    except phonenumbers.NumberParseException:
        raise Unreadable("not_a_number", text) from None
    if not phonenumbers.is_possible_number(number):
        raise Unreadable("wrong_length", text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _japanese_length(national: str) -> int:
    # 06-0… of Osaka and 060 of mobiles differ by their length alone.
    if national.startswith("60") and len(national) == 9:
        return 9
    return next((length for length, heads in LENGTHS if national.startswith(heads)), OTHER_LENGTH)


def digits(e164: str) -> str:
    """The digits a tariff is searched by: special numbers stand after 810 (docs/rating.md)."""
    return e164[1:] if e164.startswith("+") else f"810{e164.lstrip('#')}"


def area(e164: str) -> tuple[str, str]:
    """Where a number is, in Japanese and English: an area of Japan's fixed lines, a country, or nothing."""
    # Areas are told by the first digits; the last four never matter, and the cache holds more without them.
    return areas.area(f"{e164[:-4]}0000") if e164.startswith("+") else ("", "")
