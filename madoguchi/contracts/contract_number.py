"""Contract numbers (契約番号) as somebody types or pastes them."""

import re
import unicodedata

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))
_BETWEEN = re.compile(r"[\s,;、]+")
_SHAPE = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,18}[A-Z0-9])?")


def normalised(typed: str) -> str | None:
    """Up to 20 letters, digits and hyphens between them, or None when that is not what was typed.

    Full-width characters and lower-case letters count, every kind of dash is a hyphen, and invisible characters, which
    come along when something is pasted, do not matter.
    """
    # Lists of a hundred thousand are nearly all ASCII.
    number = (typed if typed.isascii() else _plain(typed)).strip().upper()
    return number if _SHAPE.fullmatch(number) else None


def _plain(typed: str) -> str:
    half_width = unicodedata.normalize("NFKC", typed).translate(_DASHES)
    return "".join(mark for mark in half_width if unicodedata.category(mark) != "Cf")


def split(text: str) -> list[str]:
    """The pieces of a list as typed: between line breaks, tabs, spaces, commas and semicolons of either width."""
    return [piece for piece in _BETWEEN.split(unicodedata.normalize("NFKC", text)) if piece]
