"""CSV (RFC 4180) in UTF-8 with a BOM, and in CP932 for programs that read nothing else."""

import codecs
import csv
from collections.abc import Iterator
from io import StringIO

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .extract import Amount, Extract
from .plain import harmless, label, text, yen

# A letter that CP932 has not, as printers set it; a question mark might have been one.
MISSING = "〓"
# Signs that CP932 has under another code point, as the same sign is typed in Japan: yen, dashes, minus, wave.
_NEAREST = {"¥": "￥", "–": "－", "—": "―", "−": "－", "〜": "～"}
_PIECE = 64 << 10


def _visible(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(_NEAREST.get(letter, MISSING) for letter in letters), error.end


codecs.register_error("madoguchi.visible", _visible)


def utf8(extract: Extract) -> Iterator[bytes]:
    """With the byte order mark by which spreadsheets know it."""
    yield codecs.BOM_UTF8
    for piece in _pieces(extract):
        yield piece.encode()


def cp932(extract: Extract) -> Iterator[bytes]:
    """Letters there are none for are :data:`MISSING`."""
    for piece in _pieces(extract):
        yield piece.encode("cp932", errors="madoguchi.visible")


def _pieces(extract: Extract) -> Iterator[str]:
    """The head, the lines, their sums; below an empty line what the month costs."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    for row in _rows(extract):
        writer.writerow(row)
        if buffer.tell() >= _PIECE:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _rows(extract: Extract) -> Iterator[list[str]]:
    columns, look = extract.columns, extract.look
    yield [label(column) for column in columns]
    sums = extract.sums()
    for line in extract.each():
        row = []
        for column in columns:
            value = column.value(line, look)
            sums.add(column.code, value)
            row.append(text(column, value))
        sums.lines += 1
        yield row
    added = [text(column, sums.of.get(column.code)) for column in columns]
    yield [sums.words, *added[1:]]
    yield []
    for what, which in extract.about:
        yield [what, harmless(which)]
    if extract.amounts:
        yield []
        yield [_("Item"), _("Amount (yen)"), _("Tax (for reference, yen)"), pgettext("column of a file", "Note")]
        yield from map(_amount, extract.amounts)


def _amount(amount: Amount) -> list[str]:
    share = "" if amount.tax_share is None else str(amount.tax_share)
    return [harmless(amount.words), str(amount.amount) if amount.yen else yen(amount.amount), share, amount.below]
