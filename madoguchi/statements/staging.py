"""Rated lines into the partitioned table: COPY into a staging table, told apart there, moved by one INSERT."""

from io import BytesIO

import polars as pl
from django.db import connection

from .closing import late
from .closing.months import frozen
from .models import UsageImport

COLUMNS = (
    *("month", "contract_id", "key", "outgoing", "record", "usage_import_id", "call_id"),
    *("number", "other", "dialled", "started_at", "ended_at", "talk_seconds"),
    *("tariff", "prefix", "kind", "area_ja", "area_en"),
    *("blocks", "block_seconds", "price", "setup", "charge", "tax", "carried", "earns"),
)
_NAMES = ", ".join(COLUMNS)

# What a staged line is: new, new and late (its month is closed), the same as a stored one, or in conflict with it. A
# record is what its worst line is, and new where one of its lines is: "c" < "l" < "n" < "s".
_CREATE = """
CREATE TEMPORARY TABLE IF NOT EXISTS usage_staging (LIKE statements_call, line integer, state "char") ON COMMIT DROP
"""
_IN_CONFLICT = """
UPDATE usage_staging s SET state = 'c' FROM statements_call c WHERE c.key = s.key AND c.record <> s.record
"""
_THE_SAME = """
UPDATE usage_staging s SET state = 's' FROM statements_call c
WHERE s.state = 'n' AND c.key = s.key AND c.outgoing = s.outgoing AND c.record = s.record
"""
_QUARANTINE = """
INSERT INTO statements_conflict (usage_import_id, line, month, contract_id, key, outgoing, payload)
SELECT usage_import_id, line, month, contract_id, key, outgoing, to_jsonb(s) - 'line' - 'state'
FROM usage_staging s WHERE state = 'c'
"""
_MOVE = f"""
INSERT INTO statements_call ({_NAMES}) SELECT {_NAMES} FROM usage_staging WHERE state = 'n' ON CONFLICT DO NOTHING
"""  # noqa: S608 - the names are the constant above
_COUNT = """
SELECT count(*) FILTER (WHERE state IN ('l', 'n')),
       count(*) FILTER (WHERE state = 's'), count(*) FILTER (WHERE state = 'c')
FROM (SELECT min(state::text) AS state FROM usage_staging GROUP BY line) records
"""


class Staging:
    """The staging table of one import; lives as long as its transaction."""

    def __init__(self, usage_import: UsageImport) -> None:
        self.usage_import = usage_import
        with connection.cursor() as cursor:
            cursor.execute(_CREATE)

    def take(self, lines: pl.DataFrame) -> tuple[int, int, int]:
        """Store a batch of rated lines; returns how many records were (stored, there already, in conflict)."""
        rows = _told_apart(lines).with_columns(usage_import_id=pl.lit(self.usage_import.pk))
        with connection.cursor() as cursor:
            months = set(rows["month"].unique())
            closed = frozen(months)
            for month in sorted(months - closed):
                cursor.execute("SELECT statements_open_month(%s)", [month])
            cursor.execute("TRUNCATE usage_staging")
            buffer = BytesIO()
            rows.select(*COLUMNS, "line", "state").write_csv(buffer, include_header=False, quote_style="non_numeric")
            with cursor.copy(f"COPY usage_staging ({_NAMES}, line, state) FROM STDIN (FORMAT csv)") as copy:
                copy.write(buffer.getvalue())
            for statement in (_IN_CONFLICT, _THE_SAME):
                cursor.execute(statement)
            late.recognise()
            late.put_aside(closed)
            for statement in (_QUARANTINE, _MOVE, _COUNT):
                cursor.execute(statement)
            stored, skipped, conflicting = cursor.fetchone()
        return stored, skipped, conflicting


def _told_apart(lines: pl.DataFrame) -> pl.DataFrame:
    """The same call twice in one batch: the first line counts."""
    ordered = lines.sort("line", "outgoing")
    first_record = pl.col("record").first().over("key")
    first_line = pl.col("line").first().over("key")
    return ordered.with_columns(
        state=pl.when(pl.col("record") != first_record)
        .then(pl.lit("c"))
        .when(pl.col("line") != first_line)
        .then(pl.lit("s"))
        .otherwise(pl.lit("n"))
    )
