"""What is put right of closed months, as columns for the kernel: calls, and what they change in the discount."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Count, Q, Sum

from madoguchi.statements.rating import IncomingCallDiscount, summarise
from madoguchi.statements.rating.discount import discounts

from .models import Adjustment

SUMS: dict[str, pl.DataType | type[pl.DataType]] = {
    "contract": pl.Int64,
    "month": pl.Date,
    "number": pl.String,
    "outgoing": pl.Boolean,
    "kind": pl.String,
    "tax": pl.String,
    "earns": pl.Boolean,
    "calls": pl.Int64,
    "talk_seconds": pl.Int64,
    "charge": pl.Int64,
}
BY = ("contract", "month", "number", "outgoing", "kind", "tax", "earns")


def stored_sums(contracts: Sequence[int], months: Iterable[date]) -> pl.DataFrame:
    """The stored lines of contracts in some months, added up by what the kernel needs to know of them."""
    from madoguchi.statements.models import Call

    rows = (
        Call.objects.filter(month__in=list(months), contract__in=list(contracts))
        .values_list("contract_id", "month", "number", "outgoing", "kind", "tax", "earns")
        .order_by()
        .annotate(calls=Count("key"), seconds=Sum("talk_seconds"), charged=Sum("charge"))
    )
    return pl.DataFrame(list(rows), schema=SUMS, orient="row")


def signed_lines(adjustments: Iterable[Adjustment]) -> pl.DataFrame:
    """Adjustments as sums of lines: the new side counts, the old side counts against it."""
    rows = [
        (
            *(adjustment.contract_id, adjustment.for_month, side["number"], adjustment.outgoing),
            *(side["kind"], side["tax"], side["earns"]),
            *(sign, sign * side["talk_seconds"], sign * side["charge"]),
        )
        for adjustment in adjustments
        for side, sign in ((adjustment.new, 1), (adjustment.old, -1))
        if side
    ]
    return pl.DataFrame(rows, schema=SUMS, orient="row")


def of_month(contracts: Sequence[int], month: date) -> list[Adjustment]:
    return list(Adjustment.objects.filter(month=month, contract__in=list(contracts)))


def discount_changes(
    contracts: Sequence[int],
    month: date,
    adjustments: Sequence[Adjustment],
    rules: dict[date, IncomingCallDiscount | None],
) -> list[dict[str, Any]]:
    """How the discounts of closed months differ by the adjustments of calls on the bills of ``month``.

    ``rules``: the discount in force in each month adjusted, for the kind of these contracts. Returns rows ``contract``,
    ``month`` (the closed one), ``tax`` and ``charge`` in milli-yen: less discount is more to pay.
    """
    changed: list[dict[str, Any]] = []
    for closed, rule in rules.items():
        now = [adjustment for adjustment in adjustments if adjustment.for_month == closed]
        if rule is None or not now:
            continue
        touched = sorted({adjustment.contract_id for adjustment in now})
        earlier = Adjustment.objects.filter(Q(month__lt=month), records="calls", for_month=closed, contract__in=touched)
        before = pl.concat([stored_sums(touched, [closed]), signed_lines(earlier)])
        after = pl.concat([before, signed_lines(now)])
        taken = pl.concat(
            [
                discounts(summarise(lines, rule), rule).with_columns(charge=sign * pl.col("discount"))
                for lines, sign in ((before, 1), (after, -1))
            ]
        )
        changed += (
            taken.group_by("contract", "month", "tax")
            .agg(pl.col("charge").sum())
            .filter(pl.col("charge") != 0)
            .sort("contract", "tax")
            .rows(named=True)
        )
    return changed
