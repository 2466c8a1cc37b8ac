"""Fees per telephone number (universal service fee, relay fee …): a dated table, never code."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from .tariff import STANDARD

FEE_LINE: dict[str, pl.DataType | type[pl.DataType]] = {
    "contract": pl.Int64,
    "month": pl.Date,
    "fee": pl.String,
    "fee_month": pl.Date,  # the month it is for; earlier than ``month`` when billed late
    "numbers": pl.Int64,
    "amount": pl.Int64,  # milli-yen a number
    "charge": pl.Int64,
    "tax": pl.String,
}


@dataclass(frozen=True, slots=True)
class NumberFee:
    """So much for each number held on the last day of a month, from ``valid_from`` until a later row of its name."""

    name: str
    valid_from: date  # first day of the first month it is for
    amount: int  # milli-yen a number and month
    usage_kinds: frozenset[str]  # kinds of contract that pay it
    free_prefixes: tuple[str, ...] = ()  # numbers that pay none, as digits with the country code
    lag_months: int = 0  # billed so many months later
    tax: str = STANDARD


@dataclass(frozen=True, slots=True)
class Holding:
    """A number held by a contract for a time; the last day belongs to it."""

    contract: int
    usage_kind: str
    digits: str
    started_on: date
    ended_on: date | None = None


def month_before(month: date, months: int) -> date:
    """First day of the month so many before (the first day of) ``month``."""
    year, index = divmod(month.year * 12 + month.month - 1 - months, 12)
    return date(year, index + 1, 1)


def last_day(month: date) -> date:
    return month_before(month, -1) - timedelta(days=1)


def number_fees(holdings: Iterable[Holding], fees: Sequence[NumberFee], *, month: date) -> pl.DataFrame:
    """The fee lines on the bills of one month: a row per contract and fee, columns ``FEE_LINE``.

    A fee of ¥0 in its month makes no line.
    """
    counts: dict[tuple[int, str], int] = {}
    due = {fee.name: fee for fee in _due(fees, month)}
    for holding in holdings:
        for fee in due.values():
            if _pays(holding, fee, on=last_day(month_before(month, fee.lag_months))):
                counts[holding.contract, fee.name] = counts.get((holding.contract, fee.name), 0) + 1
    rows = [
        (contract, month, name, month_before(month, due[name].lag_months), n, fee.amount, n * fee.amount, fee.tax)
        for (contract, name), n in sorted(counts.items())
        if (fee := due[name])
    ]
    return pl.DataFrame(rows, schema=FEE_LINE, orient="row")


def _due(fees: Sequence[NumberFee], month: date) -> Iterable[NumberFee]:
    for name in sorted({fee.name for fee in fees}):
        rows = [f for f in fees if f.name == name and f.valid_from <= month_before(month, f.lag_months)]
        if rows and (latest := max(rows, key=lambda f: f.valid_from)).amount:
            yield latest


def _pays(holding: Holding, fee: NumberFee, *, on: date) -> bool:
    return (
        holding.usage_kind in fee.usage_kinds
        and not holding.digits.startswith(fee.free_prefixes or ("none",))
        and holding.started_on <= on
        and (holding.ended_on is None or holding.ended_on >= on)
    )
