"""A tariff made ready for searching: nested prefixes flattened into disjoint ranges of numbers.

Every number of up to 15 digits (ITU-T E.164) is padded with zeros to 15 and read as an integer. A prefix is then an
interval, intervals nest, and where a longer prefix lies in a shorter one the shorter is cut in pieces. What is left is
one sorted list of range starts: the longest prefix is found by finding the range (:mod:`.ranges`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from .ranges import Ranges
from .tariff import HOLIDAY, Rule, Tariff, check

DIGITS = 15


def number_key(digits: pl.Expr) -> pl.Expr:
    """Digits of a number, country code first (String) → the integer the ranges are searched by (Int64)."""
    return digits.str.pad_end(DIGITS, "0").cast(pl.Int64)


def _interval(prefix: str) -> tuple[int, int]:
    return int(prefix.ljust(DIGITS, "0")), int(prefix.ljust(DIGITS, "9")) + 1


def flatten(rules: dict[str, int]) -> Iterator[tuple[int, int | None]]:
    """Prefix → rule number, as (start of range, number of the rule that wins there or None), ascending.

    A sweep over the intervals in order of their start, outer before inner, with a stack of those still open.
    """
    open_: list[tuple[int, int]] = []  # (end, rule number)
    starts: list[tuple[int, int | None]] = [(0, None)]

    def close_until(position: int) -> None:
        while open_ and open_[-1][0] <= position:
            end, _ = open_.pop()
            starts.append((end, open_[-1][1] if open_ else None))

    for prefix in sorted(rules):  # an outer prefix sorts before what it contains
        start, end = _interval(prefix)
        close_until(start)
        open_.append((end, rules[prefix]))
        starts.append((start, rules[prefix]))
    close_until(10**DIGITS)
    # Of several beginnings at one place the last said is the innermost; neighbours with the same winner are one range.
    winner: int | None = -1
    for start, number in dict(starts).items():
        if number != winner:
            yield start, number
            winner = number


@dataclass(frozen=True, slots=True)
class Table:
    """A tariff version compiled. Row r of ``rules`` for range i and band b is found at ``i * len(bands) + b``.

    ``rows``: UInt32, the row of ``rules`` that wins in each (range, band).
    ``rules``: one row a rule, and row 0 for "no rule": kind null.
    ``bands``: UInt32 of 8 days × 24 hours, the band of each; None when the tariff knows no time of day.
    """

    tariff: Tariff
    ranges: Ranges
    rows: pl.Series
    rules: pl.DataFrame
    bands: pl.Series | None
    width: int


def compile_tariff(tariff: Tariff) -> Table:
    """Check and flatten a tariff; raises :class:`~.tariff.WrongTariff`."""
    check(tariff)
    names = ["", *(band.name for band in tariff.bands)]
    # A range per place where any band's winner may change: flatten all prefixes once, then ask each band.
    everywhere: dict[str, int] = {}
    in_band: list[dict[str, int]] = [{} for _ in names]
    for number, rule in enumerate(tariff.rules, start=1):
        everywhere.setdefault(rule.prefix, len(everywhere))
        for winners, name in zip(in_band, names, strict=True):
            if rule.band == name or (not rule.band and rule.prefix not in winners):
                winners[rule.prefix] = number
    if len(names) == 1:
        pieces = list(flatten(in_band[0]))
        starts, rows = [start for start, _ in pieces], [number or 0 for _, number in pieces]
    else:
        starts = [start for start, _ in flatten(everywhere)]
        columns = [_winners_at(starts, winners) for winners in in_band]
        rows = [row for rows_of_range in zip(*columns, strict=True) for row in rows_of_range]
    return Table(
        tariff=tariff,
        ranges=Ranges(pl.Series("start", starts, dtype=pl.Int64)),
        rows=pl.Series("row", rows, dtype=pl.UInt32),
        rules=_rule_rows(tariff),
        bands=_week(tariff) if tariff.bands else None,
        width=len(names),
    )


def _winners_at(starts: list[int], rules: dict[str, int]) -> list[int]:
    """The winning rule of each range in one band: 0 where none."""
    # Past the end of the last prefix, 9: that is a start too, and must find something after it.
    pieces = iter([*flatten(rules), (10**DIGITS + 1, None)])
    _, current = next(pieces)
    upcoming, following = next(pieces)
    winners = []
    for start in starts:
        while upcoming <= start:
            current = following
            upcoming, following = next(pieces)
        winners.append(current or 0)
    return winners


def _rule_rows(tariff: Tariff) -> pl.DataFrame:
    def column(none: object, values: list[object], dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
        return pl.Series([none, *values], dtype=dtype)

    rules: tuple[Rule, ...] = tariff.rules
    # What another carrier bills costs nothing here, whatever the rule's price says.
    return pl.DataFrame(
        {
            "prefix": column(None, [rule.prefix for rule in rules], pl.Categorical),
            "kind": column(None, [rule.kind for rule in rules], pl.Categorical),
            "tax": column(None, [rule.tax for rule in rules], pl.Categorical),
            "carried": column(None, [rule.carried for rule in rules], pl.Boolean),
            "block_seconds": column(1, [rule.block_seconds for rule in rules], pl.Int32),
            "free_seconds": column(0, [rule.free_seconds for rule in rules], pl.Int32),
            "price": column(0, [rule.price if rule.carried else 0 for rule in rules], pl.Int64),
            "setup": column(0, [rule.setup if rule.carried else 0 for rule in rules], pl.Int64),
        }
    )


def _week(tariff: Tariff) -> pl.Series:
    band_of = [0] * ((HOLIDAY + 1) * 24)
    for number, band in enumerate(tariff.bands, start=1):
        for day in band.days:
            for hour in band.hours:
                band_of[day * 24 + hour] = number
    return pl.Series("band", band_of, dtype=pl.UInt32)
