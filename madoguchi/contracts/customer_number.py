"""Customer numbers (お客さま番号) as somebody types them."""

import re
import unicodedata

_BETWEEN = re.compile(r"[\s\-‐-―−ー－]")
_SHAPE = re.compile(r"N[0-9]{9}")


def normalised(typed: str) -> str | None:
    """``N`` and nine digits, or None when that is not what was typed.

    Full-width and lower-case letters count, and spaces and hyphens in between do not matter.
    """
    number = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed)).upper()
    return number if _SHAPE.fullmatch(number) else None


def masked(number: str) -> str:
    """For pages shown before the contact phone is proven: ``N******789``."""
    return f"{number[0]}{'*' * (len(number) - 4)}{number[-3:]}"
