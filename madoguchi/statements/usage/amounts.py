"""Amounts of data in words: decimal units, as networks count (1 GB is 1,000,000,000 bytes)."""

import re

UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
BINARY = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
_AMOUNT = re.compile(r"(\d{1,15})(?:\.(\d{1,12}))?\s*([a-z]+)", re.IGNORECASE)
_KNOWN = {name.lower(): size for name, size in (UNITS | BINARY).items()}


class NotAnAmount(ValueError):
    """Not a number of whole bytes with a unit."""


def bytes_words(count: int) -> str:
    """1234567890 → ``1.23 GB``: three digits, cut rather than rounded up. What is taken back has a minus, as money
    has (``-¥8``)."""
    if count < 0:
        return f"-{bytes_words(-count)}"
    name, size = "B", 1
    for unit, of in UNITS.items():
        if count >= of:
            name, size = unit, of
    if size == 1:
        return f"{count:,} B"
    whole, rest = divmod(count, size)
    places = 2 if whole < 10 else 1 if whole < 100 else 0
    parts = rest * 10**places // size
    return f"{whole:,}.{parts:0{places}} {name}" if places else f"{whole:,} {name}"


def exact_words(count: int) -> str:
    """Bytes in the largest unit that says them in four digits and three decimals: ``20 GB``, ``1.5 GB``, ``1 KiB``."""
    for unit, size in sorted((UNITS | BINARY).items(), key=lambda item: -item[1]):
        if count >= size and (count * 1000) % size == 0 and (unit in UNITS or count % size == 0):
            whole, rest = divmod(count * 1000 // size, 1000)
            if whole < 10_000:
                return f"{whole:,}.{rest:03}".rstrip("0") + f" {unit}" if rest else f"{whole:,} {unit}"
    return f"{count:,} B"


def bytes_of(text: str) -> int:
    """``20 GB``, ``1.5GiB`` → bytes. Raises :class:`NotAnAmount`."""
    found = _AMOUNT.fullmatch(text.strip())
    size = _KNOWN.get(found[3].lower()) if found else None
    if found is None or size is None:
        raise NotAnAmount(text)
    decimals = found[2] or ""
    scale: int = 10 ** len(decimals)
    count, rest = divmod(int(found[1] + decimals) * size, scale)
    if rest:
        raise NotAnAmount(text)
    return count
