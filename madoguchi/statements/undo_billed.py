"""What an import stored in months that are closed by now: taken back as credits on the next open bills.

The lines stay as they were billed. Each gets an adjustment, with the line that the import's record had taken the place
of, if there was one, as it should be.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString

import polars as pl
from django.db import connection
from psycopg import sql

from madoguchi.contracts.models import Contract

from .closing.adjusting import SUMS, discount_changes
from .closing.models import BillingMonth
from .closing.months import open_month_for
from .closing.settlement import Terms
from .closing.usage import COUNTED, charge_of_change
from .formats.mapping import CALLS

# Where the import has, or had, a word in a closed month. What stands there now is the last word of those that stay:
# its adjustments on bills that are not made yet go, and so do those that priced its lines again.
_PLACES = """
WITH places AS (
    SELECT month AS for_month, contract_id, key, outgoing FROM {table}
    WHERE usage_import_id = %(of)s AND month = ANY(%(closed)s)
    UNION
    SELECT for_month, contract_id, key, outgoing FROM statements_adjustment
    WHERE usage_import_id = %(of)s AND (records = 'calls') = %(calls)s
)
"""
_OURS = """(a.usage_import_id = %(of)s OR (
    a.usage_import_id IS NULL AND (a.new ->> 'usage_import_id')::bigint = %(of)s)) IS TRUE"""
_STANDING = """,
kept AS (
    SELECT a.* FROM places JOIN statements_adjustment a USING (for_month, contract_id, key, outgoing)
    WHERE a.month = ANY(%(closed)s) OR NOT {ours}
),
latest AS (
    SELECT DISTINCT ON (for_month, contract_id, key, outgoing) * FROM kept
    ORDER BY for_month, contract_id, key, outgoing, id DESC
),
standing AS (
    SELECT p.for_month, p.contract_id, p.key, p.outgoing, l.usage_import_id AS said_by,
           CASE WHEN l.id IS NULL THEN to_jsonb(c) ELSE l.new END AS old,
           CASE WHEN l.id IS NOT NULL AND l.new IS NULL THEN l.old ELSE (
               SELECT k.old FROM kept k
               WHERE (k.for_month, k.contract_id, k.key, k.outgoing)
                   = (p.for_month, p.contract_id, p.key, p.outgoing)
               AND k.usage_import_id = %(of)s AND k.new IS NOT NULL
               AND (k.old ->> 'usage_import_id')::bigint IS DISTINCT FROM %(of)s
               ORDER BY k.id DESC LIMIT 1) END AS new
    FROM places p LEFT JOIN latest l
        ON (l.for_month, l.contract_id, l.key, l.outgoing) = (p.for_month, p.contract_id, p.key, p.outgoing)
    LEFT JOIN {table} c ON c.month = p.for_month
        AND (c.contract_id, c.key, c.outgoing) = (p.contract_id, p.key, p.outgoing)
),
billed AS (
    SELECT for_month, contract_id, key, outgoing, old, new,
           COALESCE(old ->> 'records', new ->> 'records', 'calls') AS records
    FROM standing
    WHERE (old ->> 'usage_import_id')::bigint = %(of)s
       OR (old IS NULL AND said_by = %(of)s AND (new ->> 'usage_import_id')::bigint IS DISTINCT FROM %(of)s)
)
"""
_BILLED = _PLACES.rstrip() + _STANDING
_DELETE = (
    _PLACES
    + """
DELETE FROM statements_adjustment a USING places p
WHERE (a.for_month, a.contract_id, a.key, a.outgoing) = (p.for_month, p.contract_id, p.key, p.outgoing)
  AND a.month <> ALL(%(closed)s) AND {ours}
"""
)
_LATER = (
    _PLACES
    + """
SELECT count(*) FROM statements_adjustment a JOIN places p USING (for_month, contract_id, key, outgoing)
WHERE a.month <> ALL(%(closed)s) AND {ours}
"""
)
_PUT_RIGHT = (
    _BILLED
    + """
INSERT INTO statements_adjustment
    (month, for_month, contract_id, key, outgoing, records, reason, old, new, made_at, usage_import_id)
SELECT o.month, b.for_month, b.contract_id, b.key, b.outgoing, b.records,
       CASE WHEN b.new IS NULL THEN 'withdrawn' ELSE 'corrected' END, b.old, b.new, now(), %(of)s
FROM billed b JOIN unnest(%(closed)s::date[], %(open)s::date[]) AS o (for_month, month) USING (for_month)
ORDER BY b.for_month, b.contract_id, b.key, b.outgoing
"""
)
# Lines alike are one row, with their sums: there may be millions.
_SUMS = (
    _BILLED
    + """
SELECT for_month, contract_id, records, outgoing, sign, count(*), line ->> 'number', line ->> 'kind', line ->> 'tax',
       COALESCE((line ->> 'earns')::boolean, false), sum(COALESCE((line ->> 'talk_seconds')::bigint, 0)),
       sum((line ->> 'charge')::bigint), sum(COALESCE((line ->> 'bytes')::bigint, 0))
FROM billed, LATERAL (VALUES (-1, old), (1, new)) side (sign, line) WHERE line IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 7, 8, 9, 10 ORDER BY 1, 2, 3, 4, 5, 7, 8, 9, 10
"""
)
_TABLES = {"statements_call": True, "statements_usageline": False}  # by name, whether it is that of calls


@dataclass(frozen=True, slots=True)
class Credit:
    """What changes for the lines of a closed ``month`` on the bills of ``on``; milli-yen before tax, with its sign."""

    month: date
    on: date
    lines: int
    charges: int
    discount: int  # more to pay where less was earned


def put_right(import_id: int) -> int:
    """Take back what the import has in closed months, as adjustments; returns of how many lines."""
    return sum(_run(_PUT_RIGHT, import_id, calls=calls) for calls in _TABLES.values())


def delete_later(import_id: int) -> int:
    """Delete the import's adjustments on bills that are not made yet, and those that priced its lines again."""
    return sum(_run(_DELETE, import_id, calls=calls) for calls in _TABLES.values())


def later_lines(import_id: int) -> int:
    """How many :func:`delete_later` would delete."""
    found = 0
    with connection.cursor() as cursor:
        for calls in _TABLES.values():
            cursor.execute(_query(_LATER, calls=calls), _values(import_id, calls=calls))
            found += cursor.fetchone()[0]
    return found


def _run(query: LiteralString, import_id: int, *, calls: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_query(query, calls=calls), _values(import_id, calls=calls))
        return int(cursor.rowcount)


def _query(query: LiteralString, *, calls: bool) -> sql.Composed:
    table = next(name for name, is_calls in _TABLES.items() if is_calls == calls)
    return sql.SQL(query).format(table=sql.Identifier(table), ours=sql.SQL(_OURS))


def _values(import_id: int, *, calls: bool) -> dict[str, Any]:
    closed = sorted(BillingMonth.objects.filter(closed_at__isnull=False).values_list("month", flat=True))
    return {"of": import_id, "calls": calls, "closed": closed, "open": [open_month_for(month) for month in closed]}


def credits(import_id: int) -> list[Credit]:
    """What :func:`put_right` would change, month by month."""
    rows: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for calls in _TABLES.values():
            cursor.execute(_query(_SUMS, calls=calls), _values(import_id, calls=calls))
            rows += cursor.fetchall()
    return [
        _credit(month, [row for row in rows if row[0] == month], import_id)
        for month in sorted({row[0] for row in rows})
    ]


def _credit(month: date, rows: list[tuple[Any, ...]], import_id: int) -> Credit:
    on = open_month_for(month)
    contracts = Contract.objects.in_bulk({row[1] for row in rows})
    priced = sum(row[4] * int(row[11]) for row in rows if row[2] not in COUNTED)
    less: dict[int, int] = {}
    for row in rows:
        if row[2] in COUNTED:
            less[row[1]] = less.get(row[1], 0) + row[4] * int(row[12])
    return Credit(
        month=month,
        on=on,
        lines=sum(row[5] for row in rows if row[4] == -1) or sum(row[5] for row in rows),
        charges=priced + charge_of_change(contracts, month, less, besides=import_id),
        discount=_discount(month, on, contracts, rows),
    )


def _discount(month: date, on: date, contracts: dict[int, Contract], rows: Iterable[tuple[Any, ...]]) -> int:
    terms = Terms.of(on)
    changed = 0
    for kind in {contract.usage_kind for contract in contracts.values()}:
        keys = {key for key, contract in contracts.items() if contract.usage_kind == kind}
        adjusted = [_as_sums(row) for row in rows if row[2] == CALLS and row[1] in keys]
        rules = {month: terms.rule(kind, month)}
        found = discount_changes(on, pl.DataFrame(adjusted, schema=SUMS, orient="row"), rules)
        changed += sum(int(row["charge"]) for row in found)
    return changed


def _as_sums(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Lines alike in the columns of ``SUMS``."""
    month, contract, _records, outgoing, sign, calls, number, kind, tax, earns, seconds, charge, _bytes = row
    sums = (sign * calls, sign * int(seconds), sign * int(charge))
    return (contract, month, number, outgoing, kind, tax, earns, *sums)
