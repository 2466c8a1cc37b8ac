"""Stored lines that have a price each, calls and messages, priced again in columns; and what changed, written back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import polars as pl
from django.db import connection

from madoguchi.statements.book import Book, message_tables
from madoguchi.statements.rating import Table, number_key, rate

from .months import open_month_for
from .rerated import Rerating

TOGETHER = 500  # contracts whose lines are held at once
Types = Mapping[str, pl.DataType | type[pl.DataType]]
# What makes a difference to anybody; a line that only names another version of the tariff is renewed without a word.
_TOLD = ("charge", "kind", "tax", "carried", "earns")


@dataclass(frozen=True, slots=True)
class OneByOne:
    """A kind of record whose lines have a price each. ``amount``: what is priced of a line, whole units."""

    records: str
    table: str
    amount: str
    priced: Types

    @property
    def told(self) -> tuple[str, ...]:
        return tuple(name for name in _TOLD if name in self.priced)

    @property
    def stored(self) -> str:
        """The lines as they came in."""
        only = f"AND records = '{self.records}'" if self.table == "statements_usageline" else ""
        return f"SELECT * FROM {self.table} WHERE month = %(month)s AND contract_id = ANY(%(contracts)s) {only}"  # noqa: S608

    @property
    def put_right(self) -> str:
        """The lines of a closed month as they are now: what was put right since stands for what was billed."""
        return f"""
SELECT c.* FROM ({self.stored}) c WHERE NOT EXISTS (
    SELECT FROM statements_adjustment a WHERE a.for_month = c.month AND a.key = c.key AND a.outgoing = c.outgoing
    AND a.contract_id = c.contract_id)
UNION ALL
SELECT (jsonb_populate_record(NULL::{self.table}, latest.new)).* FROM (
    SELECT DISTINCT ON (contract_id, key, outgoing) new FROM statements_adjustment
    WHERE for_month = %(month)s AND records = '{self.records}' AND contract_id = ANY(%(contracts)s)
    ORDER BY contract_id, key, outgoing, id DESC) latest
WHERE latest.new IS NOT NULL
"""  # noqa: S608 - names of ours

    def columns(self) -> Types:
        """What is read of a line."""
        return {
            "contract_id": pl.Int64,
            "usage_kind": pl.String,
            "key": pl.String,
            "outgoing": pl.Boolean,
            "other_text": pl.String,
            "talk_seconds": pl.Int32,
            "started": pl.String,
            **{f"old_{name}": dtype for name, dtype in self.priced.items()},
        }


_SAME: Types = {"tariff": pl.String, "prefix": pl.String, "kind": pl.String}
CALLS = OneByOne(
    records="calls",
    table="statements_call",
    amount="talk_seconds",
    priced={
        **_SAME,
        "blocks": pl.Int64,
        "block_seconds": pl.Int32,
        "price": pl.Int64,
        "setup": pl.Int64,
        "charge": pl.Int64,
        "tax": pl.String,
        "carried": pl.Boolean,
        "earns": pl.Boolean,
    },
)
MESSAGES = OneByOne(
    records="messages",
    table="statements_usageline",
    amount="segments",
    priced={**_SAME, "price": pl.Int64, "charge": pl.Int64, "tax": pl.String},
)
PRICED = (CALLS, MESSAGES)


def changes(
    of: OneByOne, month: date, *, closed: bool, looked_at: Callable[[pl.DataFrame, int], None]
) -> Iterator[pl.DataFrame]:
    """The lines whose price changes, in the order of contracts, lines and directions; some contracts at a time.

    ``looked_at`` is told of every line, with its price and the old one, and how many of them have none today.
    """
    book = Book.of_today()
    tables = message_tables()
    for contracts in _contracts(of, month, closed=closed):
        stored = _read(of, of.put_right if closed else of.stored, month, contracts)
        priced, unpriced = _priced(of, stored, month, book, tables)
        looked_at(priced, unpriced)
        differs = of.told if closed else tuple(of.priced)
        yield priced.filter(differing(differs)).sort("contract_id", "key", "outgoing")


def differing(names: tuple[str, ...]) -> pl.Expr:
    return pl.any_horizontal([pl.col(name).ne_missing(pl.col(f"old_{name}")) for name in names])


def _contracts(of: OneByOne, month: date, *, closed: bool) -> Iterator[list[int]]:
    only = "AND records = %(records)s" if of is not CALLS else ""
    late = "UNION SELECT contract_id FROM statements_adjustment WHERE for_month = %(month)s AND records = %(records)s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT contract_id FROM {of.table} WHERE month = %(month)s {only} "  # noqa: S608 - names of ours
            f"{late if closed else ''} GROUP BY 1 ORDER BY 1",
            {"month": month, "records": of.records},
        )
        keys = [key for (key,) in cursor.fetchall()]
    for first in range(0, len(keys), TOGETHER):
        yield keys[first : first + TOGETHER]


def _read(of: OneByOne, lines: str, month: date, contracts: list[int]) -> pl.DataFrame:
    old = ", ".join(f"line.{name}" for name in of.priced)
    query = (
        "COPY (SELECT line.contract_id, contract.usage_kind, line.key, line.outgoing, line.other, "  # noqa: S608 - ours
        f"line.{of.amount}, to_char(line.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), {old} "
        f"FROM ({lines}) line JOIN contracts_contract contract ON contract.id = line.contract_id) "
        "TO STDOUT (FORMAT csv)"
    )
    buffer = BytesIO()
    with connection.cursor() as cursor, cursor.copy(query, {"month": month, "contracts": contracts}) as copy:
        for block in copy:
            buffer.write(block)
    columns = of.columns()
    if not buffer.tell():
        return pl.DataFrame(schema=columns)
    flags = [name for name, dtype in columns.items() if dtype == pl.Boolean]
    texts = [name for name, dtype in columns.items() if dtype == pl.String]
    text = {name: pl.String if name in flags else dtype for name, dtype in columns.items()}
    read = pl.read_csv(buffer.getvalue(), has_header=False, schema=text)
    return read.with_columns(pl.col(flags) == "t", pl.col(texts).fill_null(""))


def _priced(
    of: OneByOne, stored: pl.DataFrame, month: date, book: Book, tables: list[Table]
) -> tuple[pl.DataFrame, int]:
    """The lines with today's price beside the old one; how many have none today and keep theirs."""
    other = pl.col("other_text")
    plain = pl.when(other.str.starts_with("+")).then(other.str.slice(1))
    special = pl.concat_str(pl.lit("810"), other.str.strip_prefix("#"))
    a_number = other.str.contains(r"^[+#]?[0-9]+$")  # who sent a message may be a name
    asked = stored.with_columns(
        other=number_key(pl.when(a_number).then(plain.otherwise(special))),
        started_at=pl.col("started").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", time_zone="UTC"),
    )
    if of is CALLS:
        lines = pl.concat(
            [_calls(part, str(kind), month, book) for (kind,), part in asked.group_by("usage_kind")]
            or [_calls(asked, "", month, book)]
        )
    else:
        lines = rate(asked, tables)
    lines = lines.with_columns(pl.col("tariff", "prefix", "kind", "tax").cast(pl.String))
    unpriced = pl.col("outgoing") & pl.col("prefix").is_null()
    nobody = pl.when(pl.col("other_text") == "").then(pl.lit("withheld")).otherwise(pl.lit("other"))
    filled = {"kind": nobody, "carried": pl.lit(value=True)}
    kept = [
        pl.when(unpriced)
        .then(pl.col(f"old_{name}"))
        .otherwise(pl.col(name).fill_null(filled.get(name, pl.lit("" if dtype == pl.String else 0))))
        .cast(dtype)
        .alias(name)
        for name, dtype in of.priced.items()
    ]
    return lines.with_columns(kept), lines.filter(unpriced).height


def _calls(calls: pl.DataFrame, kind: str, month: date, book: Book) -> pl.DataFrame:
    lines = rate(calls, book.tables.get(kind, []))
    rule = book.discount(kind, month)
    earns = rule.earns().fill_null(value=False) if rule else pl.lit(value=False)
    return lines.with_columns(earns=earns)


_CREATE = """
DROP TABLE IF EXISTS rerated;
CREATE TEMPORARY TABLE rerated ON COMMIT DROP AS
SELECT contract_id, key, outgoing, {names} FROM {table} WITH NO DATA
"""
_UPDATE = """
UPDATE {table} c SET ({names}) = ROW({theirs}) FROM rerated t
WHERE c.month = %(month)s AND c.contract_id = t.contract_id AND c.key = t.key AND c.outgoing = t.outgoing
"""
_ADJUST = """
INSERT INTO statements_adjustment
    (month, for_month, contract_id, key, outgoing, records, reason, old, new, made_at, rerating_id)
SELECT %(open)s, %(month)s, line.contract_id, line.key, line.outgoing, %(records)s, 'rerated',
       to_jsonb(line), to_jsonb(line) || to_jsonb(t), now(), %(rerating)s
FROM ({lines}) line
JOIN rerated t ON t.contract_id = line.contract_id AND t.key = line.key AND t.outgoing = line.outgoing
"""


def write(of: OneByOne, rerating: Rerating, changed: pl.DataFrame, *, closed: bool) -> None:
    """``changed`` into the lines of an open month, or of a closed one into adjustments in the next open month."""
    names = ", ".join(of.priced)
    values: dict[str, Any] = {
        "month": rerating.month,
        "contracts": changed["contract_id"].unique().to_list(),
        "open": open_month_for(rerating.month),
        "records": of.records,
        "rerating": rerating.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CREATE.format(names=names, table=of.table))
        with cursor.copy(f"COPY rerated (contract_id, key, outgoing, {names}) FROM STDIN (FORMAT csv)") as copy:
            rows = changed.select("contract_id", "key", "outgoing", *of.priced)
            copy.write(rows.write_csv(include_header=False, quote_style="non_numeric").encode())
        if closed:
            cursor.execute(_ADJUST.format(lines=of.put_right), values)
        else:
            theirs = ", ".join(f"t.{name}" for name in of.priced)
            cursor.execute(_UPDATE.format(names=names, theirs=theirs, table=of.table), values)
