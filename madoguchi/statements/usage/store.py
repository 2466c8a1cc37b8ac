"""Lines that are no calls into their table, within the transaction of an import.

All of them wait in the staging table to the end of the file and are told apart there, as calls are that may be stored
already: there are far fewer than calls, and one way is enough.
"""

from collections.abc import Sequence

import polars as pl
from psycopg import sql

from madoguchi.statements.formats import Problem
from madoguchi.statements.store import Store

COLUMNS = (
    *("month", "contract_id", "key", "outgoing", "records", "record", "usage_import_id", "given_id"),
    *("number", "other", "started_at", "ended_at", "segments", "bytes", "up_bytes", "down_bytes", "network"),
    *("tariff", "prefix", "kind", "area_ja", "area_en", "price", "charge", "tax"),
)
# What a kind of record does not say.
_UNSAID = {
    "outgoing": True,
    "other": "",
    "segments": 0,
    "bytes": 0,
    "up_bytes": None,
    "down_bytes": None,
    "network": "",
    "tariff": "",
    "prefix": "",
    "kind": "",
    "area_ja": "",
    "area_en": "",
    "price": 0,
    "charge": 0,
    "tax": "",
}


class UsageStore(Store):
    """Takes rows with ``line``, ``record_no`` and those of ``COLUMNS`` that its kind of record knows."""

    table = sql.Identifier("statements_usageline")
    columns = COLUMNS

    def take(self, lines: pl.DataFrame, problems: Sequence[Problem]) -> None:
        if problems:
            self.reject(problems)
        if not lines.height:
            return
        unsaid = {name: pl.lit(value) for name, value in _UNSAID.items() if name not in lines.columns}
        rows = lines.with_columns(usage_import_id=pl.lit(self.usage_import.pk), **unsaid)
        self.copy(sql.Identifier("usage_staging"), (*COLUMNS, "line", "record_no"), rows)
