"""What a month's calls would cost under one version and under another. No call is changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import polars as pl
from django.db import connection

from madoguchi.statements.book import as_tariff
from madoguchi.statements.models import TariffVersion
from madoguchi.statements.rating import Table, WrongTariff, compile_tariff, number_key, rate

from .price_call import from_ever

BATCH = 4 << 20  # bytes of CSV rated at once, some 60,000 calls
# Incoming calls cost nothing under any tariff. What cannot be read as digits (a withheld number) is not called.
_FROM = """
FROM statements_call call JOIN contracts_contract contract ON contract.id = call.contract_id
WHERE call.month = %s AND call.outgoing AND contract.usage_kind = ANY(%s)
"""
_CALLS = f"""
COPY (
    SELECT call.contract_id,
        CASE WHEN call.other LIKE '+%%' THEN substr(call.other, 2) ELSE '810' || ltrim(call.other, '#') END,
        call.talk_seconds, to_char(call.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
    {_FROM}
) TO STDOUT (FORMAT csv)
"""
_COLUMNS = {"contract": pl.Int64, "digits": pl.String, "talk_seconds": pl.Int32, "started": pl.String}
_SUMS = ("calls", "before", "after", "changed", "unpriced_before", "unpriced_after")


@dataclass(frozen=True, slots=True)
class Comparison:
    """A month under two versions; money in milli-yen before tax.

    ``kinds``: a row per class of destination (of the first version, of the second where that has no price).
    ``contracts``: a row per contract, the most changed first. Both have ``calls``, ``before``, ``after``,
    ``difference``, ``changed`` (calls whose charge differs) and ``unpriced_before``, ``unpriced_after`` (calls a
    version has no price for); ``total`` is the sum of them all.
    """

    kinds: pl.DataFrame
    contracts: pl.DataFrame
    total: dict[str, int]


class CannotCompare(Exception):
    """``reason``: a key of ``comparing.REASONS``; ``value`` is what its words name."""

    def __init__(self, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.reason, self.value = reason, value


def how_many(first: TariffVersion, second: TariffVersion, *, month: date) -> int:
    """The calls that :func:`compare` would rate."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {_FROM}", [month, _shared(first, second)])
        return int(cursor.fetchone()[0])


def compare(
    first: TariffVersion, second: TariffVersion, *, month: date, told: Callable[[int], None] = lambda calls: None
) -> Comparison:
    """Rate the outgoing calls stored for ``month`` (its first day) under both, whatever days they are valid from.

    Only contracts of kinds that both versions are for. Calls stream through; sums by contract and class are held.
    ``told`` hears how many calls are rated so far. Raises :class:`CannotCompare` where a draft has errors.
    """
    tables = [_table(first), _table(second)]
    done = 0
    sums: pl.DataFrame | None = None
    for calls in _calls(month, _shared(first, second)):
        done += calls.height
        told(done)
        part = _added_up(_both(calls, tables), ["contract", "kind"])
        sums = part if sums is None else _added_up(pl.concat([sums, part]), ["contract", "kind"])
    if sums is None:
        sums = _added_up(_both(_frame(b""), tables), ["contract", "kind"])
    kinds = _with_difference(_added_up(sums, ["kind"])).sort("before", "kind", descending=[True, False])
    contracts = _with_difference(_added_up(sums, ["contract"]))
    return Comparison(
        kinds=kinds,
        contracts=contracts.sort(pl.col("difference").abs(), "contract", descending=[True, False]),
        total={name: int(kinds[name].sum()) for name in (*_SUMS, "difference")},
    )


def _shared(first: TariffVersion, second: TariffVersion) -> list[str]:
    return [kind for kind in first.usage_kinds if kind in second.usage_kinds]


def _table(version: TariffVersion) -> Table:
    try:
        return compile_tariff(from_ever(as_tariff(version, version.rules.all().order_by("pk"))))
    except WrongTariff as error:
        raise CannotCompare("wrong_tariff", version.name) from error


def _calls(month: date, usage: list[str]) -> Iterator[pl.DataFrame]:
    with connection.cursor() as cursor, cursor.copy(_CALLS, [month, usage]) as copy:
        buffer = BytesIO()
        for block in copy:
            buffer.write(block)
            if buffer.tell() >= BATCH:  # a block of COPY ends with its row
                yield _frame(buffer.getvalue())
                buffer = BytesIO()
    if buffer.tell():
        yield _frame(buffer.getvalue())


def _frame(rows: bytes) -> pl.DataFrame:
    read = pl.read_csv(rows, has_header=False, schema=_COLUMNS) if rows else pl.DataFrame(schema=_COLUMNS)
    return read.select(
        "contract",
        "talk_seconds",
        outgoing=pl.lit(value=True),
        other=number_key(pl.col("digits")),
        started_at=pl.col("started").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", time_zone="UTC"),
    )


def _both(calls: pl.DataFrame, tables: list[Table]) -> pl.DataFrame:
    """A row a call, with its charge under each; ``rate`` keeps the order of rows within one version."""
    first, second = (rate(calls, [table]).select("kind", "charge", "prefix") for table in tables)
    kind = pl.coalesce(first["kind"].cast(pl.String), second["kind"].cast(pl.String), pl.lit("other"))
    return calls.select(
        "contract",
        kind.alias("kind"),
        pl.lit(1, dtype=pl.Int64).alias("calls"),
        first["charge"].alias("before"),
        second["charge"].alias("after"),
        (first["charge"] != second["charge"]).cast(pl.Int64).alias("changed"),
        first["prefix"].is_null().cast(pl.Int64).alias("unpriced_before"),
        second["prefix"].is_null().cast(pl.Int64).alias("unpriced_after"),
    )


def _added_up(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    return rows.group_by(by).agg(pl.col(*_SUMS).sum())


def _with_difference(sums: pl.DataFrame) -> pl.DataFrame:
    return sums.with_columns(difference=pl.col("after") - pl.col("before"))
