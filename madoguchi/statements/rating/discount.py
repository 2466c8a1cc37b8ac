"""着割, the incoming-call discount, as a rule in data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from .sums import sums


@dataclass(frozen=True, slots=True)
class IncomingCallDiscount:
    """So much off a month's outgoing call charges for so much talked on calls received.

    The seconds of a month's qualifying calls are added up first and rounded to units once.
    """

    name: str
    valid_from: date  # the first month it holds for (its first day)
    kinds: frozenset[str]  # classes of callers whose calls qualify
    unit_seconds: int = 60
    amount: int = 500  # milli-yen a unit, before tax
    rounding: Literal["down", "up"] = "down"  # of the part unit left over at the end of the month
    not_in_base: frozenset[str] = frozenset()  # classes of calls whose charges it does not reduce
    cap: int | None = None  # milli-yen a month; never more than the charges it reduces
    scope: Literal["contract", "number"] = "contract"

    def earns(self) -> pl.Expr:
        """Whether a rated line counts for it."""
        # Comparing a category with each word costs a tenth of making its text for every row.
        qualifies = pl.any_horizontal([pl.lit(value=False), *(pl.col("kind") == kind for kind in sorted(self.kinds))])
        return ~pl.col("outgoing") & (pl.col("talk_seconds") > 0) & qualifies

    def reduces(self) -> pl.Expr:
        """Whether a rated line's charge is among those it reduces."""
        others = (pl.col("kind") != kind for kind in sorted(self.not_in_base))
        return pl.all_horizontal([pl.col("outgoing"), *others])

    def keys(self) -> list[str]:
        return ["contract", "month"] if self.scope == "contract" else ["contract", "month", "number"]

    def units(self, seconds: pl.Expr) -> pl.Expr:
        whole = seconds if self.rounding == "down" else seconds + self.unit_seconds - 1
        return whole // self.unit_seconds


def discounts(summary: pl.DataFrame, rule: IncomingCallDiscount | None) -> pl.DataFrame:
    """The discount by contract, month and tax class.

    ``summary`` is that of :func:`~.month.summarise` under the same rule. Returns ``contract, month, tax, discount``
    (milli-yen). Where the charges it reduces have several tax classes it is taken from them in proportion, the
    difference of rounding from the class with the largest charges, ties from the first in the alphabet.
    """
    if rule is None:
        return summary.select("contract", "month", "tax").unique().with_columns(discount=pl.lit(0, dtype=pl.Int64))
    keys = rule.keys()
    earned = earnings(summary, rule).select(*keys, "discount", "reducible")
    classes = sums(summary, [*keys, "tax"], ["reducible"]).rename({"reducible": "of_class"})
    # Products of two sums of milli-yen may pass 64 bits.
    share = pl.col("discount").cast(pl.Int128) * pl.col("of_class") // pl.max_horizontal("reducible", 1)
    shares = classes.join(earned, on=keys).with_columns(share=share.cast(pl.Int64))
    return sums(_with_rests(shares, keys), ["contract", "month", "tax"], ["share"]).rename({"share": "discount"})


def _with_rests(shares: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """``share`` with what rounding left added to that of the largest class; few have several, so few are sorted."""
    rests = (
        shares.group_by(keys).agg(rest=pl.col("discount").first() - pl.col("share").sum()).filter(pl.col("rest") != 0)
    )
    if not rests.height:
        return shares
    largest = (
        shares.join(rests, on=keys)
        .sort("of_class", "tax", descending=[True, False])
        .unique(keys, keep="first", maintain_order=True)
        .select(*keys, "tax", "rest")
    )
    return shares.join(largest, on=[*keys, "tax"], how="left").with_columns(
        share=pl.col("share") + pl.col("rest").fill_null(0)
    )


def earnings(summary: pl.DataFrame, rule: IncomingCallDiscount) -> pl.DataFrame:
    """What each contract (or number) earned and got in a month.

    Returns the rule's keys and ``earned_seconds``, ``units``, ``earned`` (milli-yen for the units), ``reducible``
    (charges it may reduce), ``discount`` (what is taken off) and ``limited`` (earned more than it got).
    """
    ceiling = pl.col("reducible") if rule.cap is None else pl.min_horizontal("reducible", pl.lit(rule.cap))
    return (
        summary.group_by(rule.keys())
        .agg(pl.col("earned_seconds").sum(), pl.col("reducible").sum())
        .with_columns(units=rule.units(pl.col("earned_seconds")))
        .with_columns(earned=pl.col("units") * rule.amount)
        .with_columns(discount=pl.min_horizontal("earned", ceiling))
        .with_columns(limited=pl.col("earned") > pl.col("discount"))
    )


def in_force(rules: Sequence[IncomingCallDiscount], month: date) -> IncomingCallDiscount | None:
    """The rule of a month (its first day)."""
    return max((r for r in rules if r.valid_from <= month), key=lambda r: r.valid_from, default=None)
