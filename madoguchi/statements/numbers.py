"""Telephone numbers as switches write them → E.164, with what was dialled before them kept apart.

Sources: the Japanese numbering plan (番号計画) of the ministry, ITU-T E.164, libphonenumber for numbers abroad.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
import polars as pl

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

SPREADSHEET = re.compile(r"\d([.,]\d+)?e\+?\d+", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\s()\-‐‑–—−ー.\u200b]")
# Caller id on or off, docomo's and au's bill splitting, carrier selectors (001, 00XX, 0091XX, 002YZ).
_SELECTORS = re.compile(r"(18[46](?=.)|131[1-9]?(?=0)|001(?=010)|00(?:91\d\d|2\d\d|\d\d)(?=0))")
# Special numbers: emergency (118 too), directory, telegram, time, disaster message, weather, consumers, children.
_SPECIAL = re.compile(r"1(?:1[0-9]|04|13|36|4[0-9]|51|71|77|8[89])|#\d{4}")
_DIALLED = re.compile(r"\+?\d{2,20}")
# Digits after the leading 0, by what they begin with.
OTHER_LENGTH = 9
LENGTHS = ((13, ("200",)), (10, ("20", "50", "60", "70", "80", "90")))

# What ``column`` tells of each text.
READ = {
    "text": pl.String,
    "e164": pl.String,  # null when it cannot be read, "" when withheld
    "dialled": pl.String,
    "reason": pl.String,  # why it cannot be read, and the value to show; null when it can
    "value": pl.String,
    "digits": pl.String,
    "area_ja": pl.String,
    "area_en": pl.String,
}


class Number(NamedTuple):
    """``e164``: +81312345678, a special number as dialled (117), or empty when withheld."""

    e164: str
    dialled: str = ""


def normalise(text: str) -> Number:
    """Read a number as a Japanese switch writes it; raises :class:`~.reasons.Unreadable`."""
    if text.isascii() and text.isdigit():  # as most are: nothing of the next lines would change it
        bare = text
    else:
        text = unicodedata.normalize("NFKC", text).strip().removeprefix("sip:").removeprefix("tel:").partition("@")[0]
        if text.lower() in WITHHELD:
            return Number("")
        if SPREADSHEET.fullmatch(text):
            raise Unreadable("spreadsheet", text)
        bare = _PUNCTUATION.sub("", text)
    stripped = ""
    while match := _SELECTORS.match(bare):
        stripped += match[0]
        bare = bare[match.end() :]
    if _SPECIAL.fullmatch(bare):
        return Number(bare, stripped)
    if not _DIALLED.fullmatch(bare):
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


# Whole numbers of Japan as most are dialled, and what they must not begin with to be surely of that length.
_PLAIN = r"^0(?:1[1-9]|[2-9][0-9])[0-9]{7}$|^0[256789]0[0-9]{8}$"
_NOT_PLAIN = r"^0[256789]0[0-9]{7}$|^0200"


def column(texts: pl.Series) -> pl.DataFrame:
    """Every different text of a column of numbers, read once; columns of ``READ``, in no order.

    Plain numbers are put together by expressions, the rest is read by :func:`normalise`.
    """
    text = pl.col("text")
    different = texts.unique().alias("text").to_frame()
    plain = different.filter(text.str.contains(_PLAIN) & ~text.str.contains(_NOT_PLAIN))
    others = different.join(plain, on="text", how="anti")["text"]
    return pl.concat([_plain(plain), pl.DataFrame(list(map(_row, others)), schema=READ, orient="row")])


def _plain(texts: pl.DataFrame) -> pl.DataFrame:
    numbers = texts.with_columns(digits=pl.concat_str(pl.lit("81"), pl.col("text").str.slice(1)))
    # Their last four digits do not matter for the area.
    numbers = numbers.with_columns(head=pl.col("digits").str.head(-4))
    areas = [(head, *area(f"+{head}0000")) for head in numbers["head"].unique()]
    of_heads = pl.DataFrame(areas, schema=dict.fromkeys(("head", "area_ja", "area_en"), pl.String), orient="row")
    nothing = pl.lit(None, dtype=pl.String)
    return (
        numbers.join(of_heads, on="head", how="left")
        .with_columns(e164=pl.concat_str(pl.lit("+"), "digits"), dialled=pl.lit(""), reason=nothing, value=nothing)
        .select(*READ)
    )


@lru_cache(maxsize=100_000)
def _row(text: str) -> tuple[str | None, ...]:
    try:
        number = normalise(text)
    except Unreadable as error:
        return text, None, None, error.reason, error.value[:80], None, None, None
    if not number.e164:
        return text, "", "", None, None, None, "", ""
    return text, number.e164, number.dialled[:8], None, None, digits(number.e164), *area(number.e164)
