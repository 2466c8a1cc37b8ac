"""Yen as people write them ↔ integer milli-yen, without a float between."""

import re
import unicodedata

MILLI = 1000
# So much a block or a set-up is a slip of the keyboard.
MOST = 1_000_000 * MILLI
_YEN = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,3}))?")


class NotMoney(ValueError):
    """Not an amount of yen with up to three decimals, from nothing to a million."""


def milliyen_of(text: str) -> int:
    """``17.5``, ``1,234`` or ``８`` (¥ allowed before it) → milli-yen; raises :class:`NotMoney`."""
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("¥").removeprefix("\\").strip()
    found = _YEN.fullmatch(plain)
    if not found or not plain.isascii() or len(plain) > 20:
        raise NotMoney(text)
    amount = int(found[1].replace(",", "")) * MILLI + int((found[2] or "").ljust(3, "0"))
    if amount > MOST:
        raise NotMoney(text)
    return amount


def yen_text(amount: int) -> str:
    """Milli-yen as a field holds them: 17500 → ``17.5``, 8000 → ``8``; :func:`milliyen_of` reads it back."""
    whole, rest = divmod(abs(amount), MILLI)
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole}.{rest:03}".rstrip("0") if rest else f"{sign}{whole}"
