"""A contract's month: lines − discount + fees + tax = total, to the yen, checked each time."""

from collections.abc import Mapping

import polars as pl

from .discount import IncomingCallDiscount, discounts, earnings
from .sums import sums
from .tax import YEN, Rounding, tax_yen

SUMS = ("calls", "talk_seconds", "charge", "earned_seconds", "reducible")


class Unbalanced(ArithmeticError):
    """A statement whose parts do not add up to its total."""


def summarise(lines: pl.DataFrame, rule: IncomingCallDiscount | None, *, keys: tuple[str, ...] = ()) -> pl.DataFrame:
    """Add up rated lines by contract, month and tax class (by number too where the rule asks, and by ``keys``).

    ``lines``: contract, month, number (if asked), outgoing, kind, tax, talk_seconds, charge, and optionally ``calls``
    when a row already stands for several. Summaries of parts add up by the same function's sums: :func:`add_up`.
    """
    return total(marked(lines, rule, keys=keys), rule, keys=keys)


def marked(lines: pl.DataFrame, rule: IncomingCallDiscount | None, *, keys: tuple[str, ...] = ()) -> pl.DataFrame:
    """Of rated lines what :func:`total` adds up, a row each."""
    earned, reducible = pl.lit(0, dtype=pl.Int64), pl.lit(0, dtype=pl.Int64)
    if rule is not None:
        # Lines stored as rated say it themselves.
        earns = pl.col("earns") if "earns" in lines.columns else rule.earns()
        earned = pl.when(earns).then(pl.col("talk_seconds").cast(pl.Int64)).otherwise(0)
        reducible = pl.when(rule.reduces()).then(pl.col("charge")).otherwise(0)
    return lines.select(
        *_keys(rule, keys),
        *([pl.col("calls").cast(pl.Int64)] if "calls" in lines.columns else []),
        pl.col("talk_seconds").cast(pl.Int64),
        "charge",
        earned.alias("earned_seconds"),
        reducible.alias("reducible"),
    )


def total(rows: pl.DataFrame, rule: IncomingCallDiscount | None, *, keys: tuple[str, ...] = ()) -> pl.DataFrame:
    """The summary of rows of :func:`marked`; those without ``calls`` stand for one each."""
    return sums(rows, _keys(rule, keys), SUMS)


def add_up(parts: list[pl.DataFrame], rule: IncomingCallDiscount | None, *, keys: tuple[str, ...] = ()) -> pl.DataFrame:
    """One summary from the summaries of parts."""
    return sums(pl.concat(parts), _keys(rule, keys), SUMS)


def _keys(rule: IncomingCallDiscount | None, keys: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys([*(rule.keys() if rule else ("contract", "month")), "tax", *keys]))


ADJUSTMENT: dict[str, pl.DataType | type[pl.DataType]] = {
    "contract": pl.Int64,
    "month": pl.Date,
    "tax": pl.String,
    "charge": pl.Int64,
}


def settle(  # noqa: PLR0913 - each is a table of its own
    summary: pl.DataFrame,
    fee_lines: pl.DataFrame,
    *,
    rule: IncomingCallDiscount | None,
    rates: Mapping[str, int],
    rounding: Rounding = "down",
    adjustments: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Total every contract's month.

    ``summary`` of :func:`summarise`, ``fee_lines`` of :func:`~.fees.number_fees`, ``rates`` basis points by tax class,
    ``adjustments`` of earlier months with columns ``ADJUSTMENT``, the charge of either sign (milli-yen).
    Returns a row per contract and month: ``lines``, ``discount``, ``fees``, ``adjustments``, ``carried`` and ``cut``
    in milli-yen, ``tax`` and ``total`` in yen, ``taxed`` (milli-yen, the base of all rates) and ``earned_seconds``,
    ``earned``, ``limited`` of the discount. ``carried`` is credit beyond what it could reduce, for a later month;
    ``cut`` is what lies below one yen and is not billed. Raises :class:`Unbalanced`.
    """
    month = ["contract", "month"]
    totals = (
        tax_classes(summary, fee_lines, rule=rule, rates=rates, rounding=rounding, adjustments=adjustments)
        .group_by(month)
        .agg(
            pl.col("lines", "discount", "fees", "adjustments", "carried", "base").sum(),
            taxed=pl.col("base").filter(pl.col("rate") > 0).sum(),
            tax=pl.col("tax_yen").sum(),
        )
        .with_columns(total=pl.col("base") // YEN + pl.col("tax"), cut=pl.col("base") % YEN)
        .drop("base")
        .join(_earned(summary, rule), on=month, how="left")
        .with_columns(pl.col("earned_seconds", "earned").fill_null(0), pl.col("limited").fill_null(value=False))
        .sort(month)
    )
    balance(totals)
    return totals


def tax_classes(  # noqa: PLR0913 - those of settle
    summary: pl.DataFrame,
    fee_lines: pl.DataFrame,
    *,
    rule: IncomingCallDiscount | None,
    rates: Mapping[str, int],
    rounding: Rounding = "down",
    adjustments: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """What :func:`settle` adds up, a row per contract, month and tax class.

    ``lines``, ``discount``, ``fees``, ``adjustments``, ``carried`` and ``base`` (their sum, never below nothing) in
    milli-yen, ``rate`` in basis points, ``tax_yen``.
    """
    parts = [
        _amounts(summary, lines=pl.col("charge")),
        _amounts(discounts(summary, rule), discount=pl.col("discount")),
        _amounts(fee_lines, fees=pl.col("charge")),
        _amounts(pl.DataFrame(schema=ADJUSTMENT) if adjustments is None else adjustments, adjustments=pl.col("charge")),
    ]
    amounts = ["lines", "discount", "fees", "adjustments"]
    return (
        sums(pl.concat(parts, how="diagonal"), ["contract", "month", "tax"], amounts)
        .with_columns(pl.col("tax").cast(pl.String))
        .with_columns(base=pl.col("lines") - pl.col("discount") + pl.col("fees") + pl.col("adjustments"))
        .with_columns(carried=pl.max_horizontal(-pl.col("base"), pl.lit(0, dtype=pl.Int64)))
        .with_columns(
            base=pl.col("base") + pl.col("carried"),
            rate=pl.col("tax").replace_strict(dict(rates), default=0, return_dtype=pl.Int64),
        )
        .with_columns(tax_yen=tax_yen(pl.col("base"), pl.col("rate"), rounding))
    )


def _amounts(frame: pl.DataFrame, **amount: pl.Expr) -> pl.DataFrame:
    return frame.select("contract", "month", pl.col("tax").cast(pl.Categorical), **amount)


def _earned(summary: pl.DataFrame, rule: IncomingCallDiscount | None) -> pl.DataFrame:
    month = ["contract", "month"]
    if rule is None:
        return summary.select(month).unique().with_columns(earned_seconds=0, earned=0, limited=pl.lit(value=False))
    return (
        earnings(summary, rule)
        .group_by(month)
        .agg(pl.col("earned_seconds").sum(), pl.col("earned").sum(), pl.col("limited").any())
    )


def balance(totals: pl.DataFrame) -> None:
    """Raise :class:`Unbalanced` unless every row adds up, and no total is negative.

    lines − discount + fees + adjustments + carried + tax − cut = total.
    """
    reduced = pl.col("lines") - pl.col("discount") + pl.col("fees")
    later = pl.col("adjustments") + pl.col("carried")
    left = reduced + later + pl.col("tax") * YEN - pl.col("cut")
    right = pl.col("total") * YEN
    wrong = totals.filter((left != right) | (pl.col("total") < 0) | (pl.col("cut") < 0) | (pl.col("cut") >= YEN))
    if wrong.height:
        contract, month = wrong.select("contract", "month").row(0)
        raise Unbalanced(f"{wrong.height} statements do not add up, the first is contract {contract}, month {month}")
