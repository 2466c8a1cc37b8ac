"""A month's calls priced again by the rules of today: the difference first, then, if wanted, applied."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from typing import Any

import polars as pl
from django.db import connection, transaction

from madoguchi.accounts.models import Account
from madoguchi.statements.book import Book
from madoguchi.statements.rating import number_key, rate

from .models import BillingMonth
from .months import keep_imports_out, open_month_for
from .rerated import RerateDifference, Rerating

TOGETHER = 500  # contracts whose calls are held at once

PRICED: dict[str, pl.DataType | type[pl.DataType]] = {
    "tariff": pl.String,
    "prefix": pl.String,
    "kind": pl.String,
    "blocks": pl.Int64,
    "block_seconds": pl.Int32,
    "price": pl.Int64,
    "setup": pl.Int64,
    "charge": pl.Int64,
    "tax": pl.String,
    "carried": pl.Boolean,
    "earns": pl.Boolean,
}
# What makes a difference to anybody; a line that only names another version of the tariff is renewed without a word.
_TOLD = ("charge", "kind", "tax", "carried", "earns")
_READ: dict[str, pl.DataType | type[pl.DataType]] = {
    "contract_id": pl.Int64,
    "usage_kind": pl.String,
    "key": pl.String,
    "outgoing": pl.Boolean,
    "other_text": pl.String,
    "talk_seconds": pl.Int32,
    "started": pl.String,
    **{f"old_{name}": dtype for name, dtype in PRICED.items()},
}
_FLAGS = [name for name, dtype in _READ.items() if dtype == pl.Boolean]
_TEXTS = [name for name, dtype in _READ.items() if dtype == pl.String]

_STORED = "SELECT * FROM statements_call WHERE month = %(month)s AND contract_id = ANY(%(contracts)s)"
# A closed month as it is now: what was put right since stands for what was billed.
_PUT_RIGHT = """
SELECT c.* FROM statements_call c WHERE month = %(month)s AND contract_id = ANY(%(contracts)s) AND NOT EXISTS (
    SELECT FROM statements_adjustment a
    WHERE a.for_month = c.month AND a.key = c.key AND a.outgoing = c.outgoing)
UNION ALL
SELECT (jsonb_populate_record(NULL::statements_call, latest.new)).* FROM (
    SELECT DISTINCT ON (key, outgoing) new FROM statements_adjustment
    WHERE for_month = %(month)s AND records = 'calls' AND contract_id = ANY(%(contracts)s)
    ORDER BY key, outgoing, id DESC) latest
WHERE latest.new IS NOT NULL
"""
_COLUMNS = (
    "line.contract_id, contract.usage_kind, line.key, line.outgoing, line.other, line.talk_seconds, "
    "to_char(line.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), "
    + ", ".join(f"line.{name}" for name in PRICED)
)
_CREATE = """
CREATE TEMPORARY TABLE IF NOT EXISTS rerated ON COMMIT DROP AS
SELECT contract_id, key, outgoing, {names} FROM statements_call WITH NO DATA
"""
_UPDATE = """
UPDATE statements_call c SET ({names}) = ROW({theirs}) FROM rerated t
WHERE c.month = %(month)s AND c.contract_id = t.contract_id AND c.key = t.key AND c.outgoing = t.outgoing
"""
_ADJUST = """
INSERT INTO statements_adjustment
    (month, for_month, contract_id, key, outgoing, reason, old, new, made_at, rerating_id)
SELECT %(open)s, %(month)s, line.contract_id, line.key, line.outgoing, 'rerated',
       to_jsonb(line), to_jsonb(line) || to_jsonb(t), now(), %(rerating)s
FROM ({lines}) line JOIN rerated t ON t.key = line.key AND t.outgoing = line.outgoing
"""


class CannotRerate(Exception):
    """``reason``: ``dropped`` (its calls are in the archive alone), ``closing``, ``stale`` or ``applied``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def look(month: date, *, now: datetime, by: Account | None = None) -> Rerating:
    """What the month's calls would cost by the tariffs of today, kept with its difference. Changes no call."""
    closed = _is_closed(month)
    sums = _Sums()
    for changed in _changes(month, closed=closed, sums=sums):
        sums.take(changed)
    rerating = Rerating.objects.create(month=month, made_at=now, made_by=by, digest=sums.digest(), **sums.counts())
    RerateDifference.objects.bulk_create(
        (
            RerateDifference(
                rerating=rerating, contract_id=contract, kind=kind, calls=calls, before=before, after=after
            )
            for contract, kind, calls, before, after in sums.differences().iter_rows()
        ),
        batch_size=2000,
    )
    return rerating


@transaction.atomic
def apply(rerating: Rerating, *, now: datetime) -> None:
    """Let what was looked at count: in an open month on its lines, in a closed one as adjustments in the next.

    Raises :class:`CannotRerate` where the month or the tariffs changed since: look again.
    """
    rerating = Rerating.objects.select_for_update().get(pk=rerating.pk)
    if rerating.applied_at:
        raise CannotRerate("applied")
    keep_imports_out()
    closed = _is_closed(rerating.month)
    sums = _Sums()
    for changed in _changes(rerating.month, closed=closed, sums=sums):
        sums.take(changed)
        _write(rerating, changed, closed=closed)
    if sums.digest() != rerating.digest:
        raise CannotRerate("stale")
    rerating.applied_at = now
    rerating.save(update_fields=["applied_at"])


def _is_closed(month: date) -> bool:
    state = BillingMonth.objects.filter(month=month).first()
    if state and state.dropped_at:
        raise CannotRerate("dropped")
    if state and state.state == BillingMonth.State.CLOSING:
        raise CannotRerate("closing")
    return bool(state and state.closed_at)


class _Sums:
    """What was looked at and what differs, added up; and a digest of every changed line."""

    def __init__(self) -> None:
        self.hash = hashlib.sha256()
        self.calls = self.changed = self.unpriced = self.before = self.after = 0
        self.parts: list[pl.DataFrame] = []

    def look(self, lines: pl.DataFrame, unpriced: int) -> None:
        self.calls += lines.height
        self.unpriced += unpriced
        self.before += int(lines["old_charge"].sum())
        self.after += int(lines["charge"].sum())

    def take(self, changed: pl.DataFrame) -> None:
        self.hash.update(changed.select("contract_id", "key", "outgoing", *PRICED).write_csv().encode())
        told = changed.filter(_differs(_TOLD))
        self.changed += told.height
        self.parts.append(
            told.group_by("contract_id", "kind").agg(
                calls=pl.len().cast(pl.Int64), before=pl.col("old_charge").sum(), after=pl.col("charge").sum()
            )
        )

    def differences(self) -> pl.DataFrame:
        """By contract and class: calls that changed, before and after (milli-yen); the largest difference first."""
        if not self.parts:
            return pl.DataFrame()
        far = (pl.col("after") - pl.col("before")).abs()
        return pl.concat(self.parts).sort(far, "contract_id", "kind", descending=[True, False, False])

    def digest(self) -> str:
        return self.hash.hexdigest()

    def counts(self) -> dict[str, int]:
        names = ("calls", "changed", "unpriced", "before", "after")
        return {name: getattr(self, name) for name in names}


def _changes(month: date, *, closed: bool, sums: _Sums) -> Iterator[pl.DataFrame]:
    """The lines whose price changes, in the order of contracts, calls and directions; some contracts at a time."""
    book = Book.of_today()
    lines = _PUT_RIGHT if closed else _STORED
    for contracts in _contracts(month, closed=closed):
        stored = _read(lines, month, contracts)
        priced, unpriced = _priced(stored, month, book)
        sums.look(priced, unpriced)
        yield priced.filter(_differs(_TOLD if closed else tuple(PRICED))).sort("contract_id", "key", "outgoing")


def _differs(names: tuple[str, ...]) -> pl.Expr:
    return pl.any_horizontal([pl.col(name).ne_missing(pl.col(f"old_{name}")) for name in names])


def _contracts(month: date, *, closed: bool) -> Iterator[list[int]]:
    late = (
        " UNION SELECT contract_id FROM statements_adjustment WHERE for_month = %(month)s AND records = 'calls'"
        if closed
        else ""
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT contract_id FROM statements_call WHERE month = %(month)s{late} GROUP BY 1 ORDER BY 1",  # noqa: S608
            {"month": month},
        )
        keys = [key for (key,) in cursor.fetchall()]
    for first in range(0, len(keys), TOGETHER):
        yield keys[first : first + TOGETHER]


def _read(lines: str, month: date, contracts: list[int]) -> pl.DataFrame:
    query = (
        f"COPY (SELECT {_COLUMNS} FROM ({lines}) line "  # noqa: S608 - constants above
        "JOIN contracts_contract contract ON contract.id = line.contract_id) TO STDOUT (FORMAT csv)"
    )
    buffer = BytesIO()
    with connection.cursor() as cursor, cursor.copy(query, {"month": month, "contracts": contracts}) as copy:
        for block in copy:
            buffer.write(block)
    text = {name: pl.String if name in _FLAGS else dtype for name, dtype in _READ.items()}
    if not buffer.tell():
        return pl.DataFrame(schema=_READ)
    read = pl.read_csv(buffer.getvalue(), has_header=False, schema=text)
    return read.with_columns(pl.col(_FLAGS) == "t", pl.col(_TEXTS).fill_null(""))


def _priced(stored: pl.DataFrame, month: date, book: Book) -> tuple[pl.DataFrame, int]:
    """The lines with today's price beside the old one; how many have none today and keep theirs."""
    other = pl.col("other_text")
    plain = pl.when(other.str.starts_with("+")).then(other.str.slice(1))
    special = pl.concat_str(pl.lit("810"), other.str.strip_prefix("#"))
    asked = stored.with_columns(
        other=number_key(plain.when(other != "").then(special)),
        started_at=pl.col("started").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", time_zone="UTC"),
    )
    parts = [_of_kind(part, str(kind), month, book) for (kind,), part in asked.group_by("usage_kind")]
    lines = pl.concat(parts)
    unpriced = pl.col("outgoing") & pl.col("prefix").is_null()
    nobody = pl.when(pl.col("other_text") == "").then(pl.lit("withheld")).otherwise(pl.lit("other"))
    filled = {"kind": nobody, "carried": pl.lit(value=True)}
    kept = [
        pl.when(unpriced)
        .then(pl.col(f"old_{name}"))
        .otherwise(pl.col(name).fill_null(filled.get(name, pl.lit("" if dtype == pl.String else 0))))
        .cast(dtype)
        .alias(name)
        for name, dtype in PRICED.items()
    ]
    return lines.with_columns(kept), lines.filter(unpriced).height


def _of_kind(calls: pl.DataFrame, kind: str, month: date, book: Book) -> pl.DataFrame:
    lines = rate(calls, book.tables.get(kind, []))
    rule = book.discount(kind, month)
    earns = rule.earns().fill_null(value=False) if rule else pl.lit(value=False)
    return lines.with_columns(earns=earns).with_columns(pl.col("tariff", "prefix", "kind", "tax").cast(pl.String))


def _write(rerating: Rerating, changed: pl.DataFrame, *, closed: bool) -> None:
    names = ", ".join(PRICED)
    values: dict[str, Any] = {
        "month": rerating.month,
        "contracts": changed["contract_id"].unique().to_list(),
        "open": open_month_for(rerating.month),
        "rerating": rerating.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CREATE.format(names=names))
        cursor.execute("TRUNCATE rerated")
        with cursor.copy(f"COPY rerated (contract_id, key, outgoing, {names}) FROM STDIN (FORMAT csv)") as copy:
            rows = changed.select("contract_id", "key", "outgoing", *PRICED)
            copy.write(rows.write_csv(include_header=False, quote_style="non_numeric").encode())
        if closed:
            cursor.execute(_ADJUST.format(lines=_PUT_RIGHT), values)
        else:
            theirs = ", ".join(f"t.{name}" for name in PRICED)
            cursor.execute(_UPDATE.format(names=names, theirs=theirs), values)
