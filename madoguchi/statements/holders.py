"""Whose a number was on which day, in columns: all numbers held, read once for an import."""

from datetime import date

import polars as pl
from django.db import connection

# 10 million numbers are some 500 MB, read in some ten seconds; a hundred thousand are nothing.
_HELD = """
COPY (
    SELECT n.number, n.contract_id, c.usage_kind, n.started_on, LEAST(n.ended_on, c.ended_on)
    FROM contracts_telephonenumber n JOIN contracts_contract c ON c.id = n.contract_id
    ORDER BY n.id
) TO STDOUT (FORMAT csv)
"""
HELD = {
    "number": pl.String,  # E.164
    "contract_id": pl.Int64,
    "usage_kind": pl.String,
    "since": pl.Date,
    "until": pl.Date,  # the last day; far away while it is held
}


def held_numbers() -> pl.DataFrame:
    """Every number while a contract holds it; columns of ``HELD``. None is held past its contract's own end."""
    with connection.cursor() as cursor, cursor.copy(_HELD) as copy:
        text = b"".join(bytes(part) for part in copy)
    if not text:
        return pl.DataFrame(schema=HELD)
    held = pl.read_csv(text, has_header=False, schema=HELD)
    return held.with_columns(pl.col("until").fill_null(date.max))


def holding(numbers: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Of a batch's ``numbers`` (``place``, ``e164``) those that are ours, with who holds them when."""
    return numbers.select("place", "e164").join(held, left_on="e164", right_on="number", how="inner")
