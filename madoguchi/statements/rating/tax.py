"""Consumption tax: one rounding per rate and bill, and a share per line for reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

Rounding = Literal["down", "half_up", "up"]
YEN = 1000  # milli-yen
WHOLE = 10_000  # basis points


@dataclass(frozen=True, slots=True)
class TaxRate:
    """The rate of a tax class from a day on. Classes without a row are outside the tax base."""

    tax: str
    valid_from: date
    basis_points: int  # 1000 is 10 %


def rates_in_force(rates: Sequence[TaxRate], month: date) -> dict[str, int]:
    """Basis points by tax class on the first day of a month."""
    held = sorted((rate for rate in rates if rate.valid_from <= month), key=lambda rate: rate.valid_from)
    return {rate.tax: rate.basis_points for rate in held}


def tax_yen(base: pl.Expr, basis_points: pl.Expr, rounding: Rounding = "down") -> pl.Expr:
    """Tax in whole yen on a base in milli-yen: the only rounding a rate sees on a bill."""
    unit = WHOLE * YEN
    up = {"down": 0, "half_up": unit // 2, "up": unit - 1}[rounding]
    return (base * basis_points + up) // unit


def allocate(tax: int, bases: Sequence[int]) -> list[int]:
    """Share a bill's tax (yen) among lines by their bases (milli-yen), for reference; the shares add up to ``tax``.

    In proportion, cut to yen; the difference goes to the line with the largest base, ties to the lowest number.
    A line may be negative (a discount). Rule: the allocation in the invoice questions and answers named in
    docs/rating.md.
    """
    whole = sum(bases)
    if not whole:
        return [0] * len(bases)
    shares = [abs(tax * base) // whole * (1 if base >= 0 else -1) for base in bases]
    largest = max(range(len(bases)), key=lambda i: (bases[i], -i))
    shares[largest] += tax - sum(shares)
    return shares
