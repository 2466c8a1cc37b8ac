"""Rated lines into the table of calls, a batch at a time, within the transaction of an import.

The way of a line:

* Its record's key has not been seen in this file and is not stored: COPY. A month that has no rows yet is a table of
  its own without indexes until the end, when they are built at once (docs/call-records.md says what that spares).
* All of it is stored already: counted.
* Anything else waits in a staging table to the end of the file, and is told apart there by SQL; so does what belongs to
  a month that is closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any, LiteralString

import polars as pl
import psycopg
from psycopg import sql

from .closing import late
from .closing.models import Adjustment, BillingMonth
from .formats import Problem
from .keys import Seen, short
from .models import UsageImport

COLUMNS = (
    *("month", "contract_id", "key", "outgoing", "record", "usage_import_id", "call_id"),
    *("number", "other", "dialled", "started_at", "ended_at", "talk_seconds"),
    *("tariff", "prefix", "kind", "area_ja", "area_en"),
    *("blocks", "block_seconds", "price", "setup", "charge", "tax", "carried", "earns"),
)

REJECTED = {
    "usage_import_id": pl.Int64,
    "line": pl.Int64,
    "column": pl.String,
    "reason": pl.String,
    "value": pl.String,
}

# "filled": it may hold keys of this file. What is empty is filled as a table apart, like one that does not exist.
_MONTHS = """
SELECT right(inhrelid::regclass::text, 6) FROM pg_inherits WHERE inhparent = 'statements_call'::regclass
"""
_STORED = """
SELECT c.key::text, c.outgoing, c.record::text FROM usage_probe p JOIN statements_call c ON c.key = p.key
WHERE NOT EXISTS (SELECT FROM statements_adjustment a WHERE a.key = p.key)
UNION ALL
SELECT a.key::text, a.outgoing, '' FROM usage_probe p JOIN statements_adjustment a ON a.key = p.key
"""
_CREATE = """
DROP TABLE IF EXISTS usage_staging;
CREATE TEMPORARY TABLE usage_staging (
    LIKE {table}, line integer, record_no bigint, state "char" DEFAULT 'n'
) ON COMMIT DROP;
CREATE TEMPORARY TABLE IF NOT EXISTS usage_probe (key uuid) ON COMMIT DROP;
CREATE TEMPORARY TABLE IF NOT EXISTS usage_standing (key uuid, outgoing boolean, record uuid) ON COMMIT DROP;
TRUNCATE usage_standing;
"""
# What a staged line is: new, new and late (its month is closed), the same as a stored one, or in conflict with it. A
# record is what its worst line is, and new where one of its lines is: "c" < "l" < "n" < "s". A stored line stands as it
# is, or as it was last put right; one that was withdrawn stands no more.
_TELL_APART = """
CREATE INDEX ON usage_staging (key);
ANALYZE usage_staging;
INSERT INTO usage_standing
SELECT c.key, c.outgoing, c.record FROM {table} c
WHERE c.key IN (SELECT key FROM usage_staging) AND NOT EXISTS (
    SELECT FROM statements_adjustment a WHERE a.key = c.key AND a.outgoing = c.outgoing
    AND a.contract_id = c.contract_id AND a.for_month = c.month)
UNION ALL
SELECT key, outgoing, (new ->> 'record')::uuid FROM (
    SELECT DISTINCT ON (key, for_month, contract_id, outgoing) key, outgoing, new FROM statements_adjustment
    WHERE key IN (SELECT key FROM usage_staging) ORDER BY key, for_month, contract_id, outgoing, id DESC) latest
WHERE new IS NOT NULL;
ANALYZE usage_standing;
UPDATE usage_staging s SET state = 'c' FROM usage_standing c WHERE c.key = s.key AND c.record <> s.record;
UPDATE usage_staging s SET state = 's' FROM usage_standing c
WHERE s.state = 'n' AND c.key = s.key AND c.outgoing = s.outgoing AND c.record = s.record;
"""
# Of several new ones with one key the first counts.
_FIRST = """
UPDATE usage_staging s SET state = CASE WHEN s.record = first.record THEN 's' ELSE 'c' END
FROM (
    SELECT DISTINCT ON (key) key, record, record_no FROM usage_staging WHERE state = 'n' ORDER BY key, record_no
) first
WHERE s.state = 'n' AND s.key = first.key AND s.record_no <> first.record_no;
"""
_QUARANTINE = """
INSERT INTO statements_conflict (usage_import_id, line, records, month, contract_id, key, outgoing, payload, decision)
SELECT usage_import_id, line, COALESCE(to_jsonb(s) ->> 'records', 'calls'), month, contract_id, key, outgoing,
       to_jsonb(s) - 'line' - 'record_no' - 'state', ''
FROM usage_staging s WHERE state = 'c'
"""
_COUNT = """
SELECT count(*) FILTER (WHERE state IN ('l', 'n')),
       count(*) FILTER (WHERE state = 's'), count(*) FILTER (WHERE state = 'c')
FROM (SELECT min(state::text) AS state FROM usage_staging GROUP BY record_no) records
"""
_MOVE = "INSERT INTO {table} ({names}) SELECT {names} FROM usage_staging WHERE state = 'n'"


@dataclass
class Counts:
    """Records, each counted once."""

    stored: int = 0
    skipped: int = 0  # there already, the same
    conflicting: int = 0  # there already, and different: kept apart


class Store:
    """Where one import puts its lines; lives as long as its transaction.

    It has the connection to itself, from whatever thread, between its making and the end of :meth:`finish`.
    """

    table = sql.Identifier("statements_call")
    columns: tuple[str, ...] = COLUMNS

    def __init__(self, usage_import: UsageImport, connection: psycopg.Connection) -> None:
        self.usage_import = usage_import
        self.connection = connection
        self.counts = Counts()
        self._seen = Seen()
        self._apart: dict[date, sql.Identifier] = {}  # months filled as a table of their own
        self._run(_CREATE)
        # An import keeps closings out (closing.months): what is closed now is closed to its end.
        self._closed = set(BillingMonth.objects.filter(frozen_at__isnull=False).values_list("month", flat=True))
        months = [row[0] for row in connection.execute(_MONTHS)]
        self._filled = {date(int(m[:4]), int(m[4:]), 1) for m in months if self._has_rows(m)}
        self._may_be_stored = bool(self._filled) or Adjustment.objects.exists()

    def _run(self, query: LiteralString) -> None:
        names = sql.SQL(", ").join(map(sql.Identifier, self.columns))
        self.connection.execute(sql.SQL(query).format(table=self.table, names=names))

    def _has_rows(self, month: str) -> bool:
        table = sql.Identifier(f"statements_call_{month}")
        return bool(self._one(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(table))[0])

    def _one(self, query: LiteralString | sql.Composed) -> tuple[Any, ...]:
        """The one row of a query that always has one."""
        (row,) = self.connection.execute(query).fetchall()
        return row

    def take(self, lines: pl.DataFrame, problems: Sequence[Problem]) -> None:
        """Store what is new of a batch of rated lines, columns of :class:`.lines.Lines`, and what was wrong in it."""
        if problems:
            self.reject(problems)
        if not lines.height:
            return
        rows = lines.with_columns(usage_import_id=pl.lit(self.usage_import.pk), short=pl.lit(short(lines["key"]))).sort(
            "contract_id", "started_at"
        )  # a contract's calls are read together
        rows = self._without_the_same(rows)
        again = self._again(rows)
        if self._closed:
            again |= rows["month"].is_in(sorted(self._closed))
        waiting, fresh = rows.filter(again), rows.filter(~again)
        if waiting.height:
            self.copy(sql.Identifier("usage_staging"), (*COLUMNS, "line", "record_no"), waiting)
        for (month,), part in fresh.group_by("month"):
            self.copy(self._table(month), COLUMNS, part)
        self.counts.stored += fresh["record_no"].n_unique()

    def reject(self, problems: Sequence[Problem]) -> None:
        rows = pl.DataFrame(
            [
                # A NUL cannot be stored, and the reader needs only to recognise the value.
                (self.usage_import.pk, one.line, one.column[:60], one.reason, one.value.replace("\0", "�")[:80])
                for one in problems
            ],
            schema=REJECTED,
            orient="row",
        )
        self.copy(sql.Identifier("statements_rejectedrow"), tuple(REJECTED), rows)

    def _without_the_same(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Count the records that are stored as they are; the other rows, with ``known``: whether the key is stored."""
        if not self._may_be_stored:
            return rows.with_columns(known=pl.lit(value=False))
        self.connection.execute("TRUNCATE usage_probe")
        self.copy(sql.Identifier("usage_probe"), ("key",), rows.select("key").unique())
        self.connection.execute("ANALYZE usage_probe")
        stored = pl.DataFrame(
            self.connection.execute(_STORED).fetchall(),
            schema={"key": pl.String, "outgoing": pl.Boolean, "record": pl.String},
            orient="row",
        ).with_columns(pl.col("key", "record").str.replace_all("-", "", literal=True))
        differing = rows.join(stored, on=("key", "outgoing", "record"), how="anti").select("record_no").unique()
        left = rows.join(differing, on="record_no", how="semi", maintain_order="left")
        self.counts.skipped += rows["record_no"].n_unique() - differing.height
        return left.with_columns(known=pl.col("key").is_in(stored["key"].implode()))

    def _again(self, rows: pl.DataFrame) -> pl.Series:
        """Whether the record's key is stored, or may have been in the file before (Boolean)."""
        again = rows["known"] | self._seen.among(rows["short"])
        if rows["short"].n_unique() < rows["record_no"].n_unique():
            first = rows.select(pl.col("record_no").min().over("short")).to_series()
            again |= rows["record_no"] != first
        self._seen.add(rows.filter(~again)["short"].unique())
        return again

    def _table(self, month: date) -> sql.Identifier:
        if month in self._filled:
            return sql.Identifier(f"statements_call_{month:%Y%m}")
        if month not in self._apart:
            table = sql.Identifier(f"statements_import_{self.usage_import.pk}_{month:%Y%m}")
            self.connection.execute(sql.SQL("CREATE TABLE {} (LIKE statements_call INCLUDING DEFAULTS)").format(table))
            self._apart[month] = table
        return self._apart[month]

    def copy(self, table: sql.Identifier, columns: Sequence[str], rows: pl.DataFrame) -> None:
        """CSV, because Polars writes it itself; see docs/call-records.md."""
        text = BytesIO()
        rows.select(columns).write_csv(text, include_header=False, quote_style="non_numeric")
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        with (
            self.connection.cursor() as cursor,
            cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(table, names)) as copy,
        ):
            copy.write(text.getbuffer())

    def finish(self) -> Counts:
        """Put the new months in their places and settle what waited; returns what became of all records."""
        self.connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for month, table in sorted(self._apart.items()):
            self.connection.execute("SELECT statements_attach_month(%s, %s)", (table.as_string(), month))
        self._settle()
        return self.counts

    def _settle(self) -> None:
        if not self._one("SELECT EXISTS (SELECT FROM usage_staging)")[0]:
            return
        self._run(_TELL_APART)
        self.connection.execute(_FIRST)
        late.put_aside(self._closed)
        self.connection.execute(_QUARANTINE)
        for (month,) in self.connection.execute(
            "SELECT DISTINCT month FROM usage_staging WHERE state = 'n'"
        ).fetchall():
            self.connection.execute("SELECT statements_open_month(%s)", (month,))
        self._run(_MOVE)
        stored, skipped, conflicting = self._one(_COUNT)
        self.counts.stored += stored
        self.counts.skipped += skipped
        self.counts.conflicting += conflicting
