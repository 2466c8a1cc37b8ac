"""What is put right of closed months, as columns for the kernel: calls, and what they change in the discount."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import polars as pl
from django.db import models
from django.db.models import Count, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

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


def of_month(contracts: Sequence[int], month: date) -> "models.QuerySet[Adjustment]":
    return Adjustment.objects.filter(month=month, contract__in=list(contracts))


def signed_sums(adjustments: "models.QuerySet[Adjustment]") -> pl.DataFrame:
    """Adjustments of calls added up as the lines of :func:`stored_sums` are: the new side counts, the old against it.

    The database adds up: a month priced again may have put every call of a large contract right.
    """
    rows: list[tuple[Any, ...]] = []
    for side, sign in (("new", 1), ("old", -1)):
        found = (
            adjustments.filter(records="calls", **{f"{side}__isnull": False})
            .annotate(
                number=KT(f"{side}__number"),
                kind=KT(f"{side}__kind"),
                tax=KT(f"{side}__tax"),
                earns=Cast(KT(f"{side}__earns"), models.BooleanField()),
            )
            .order_by()
            .values_list("contract_id", "for_month", "number", "outgoing", "kind", "tax", "earns")
            .annotate(
                calls=Count("pk"),
                seconds=Sum(Cast(KT(f"{side}__talk_seconds"), models.BigIntegerField())),
                charged=Sum(Cast(KT(f"{side}__charge"), models.BigIntegerField())),
            )
        )
        rows += [(*by, sign * calls, sign * seconds, sign * charged) for *by, calls, seconds, charged in found]
    return pl.DataFrame(rows, schema=SUMS, orient="row")


def discount_changes(
    month: date,
    adjusted: pl.DataFrame,
    rules: dict[date, IncomingCallDiscount | None],
) -> list[dict[str, Any]]:
    """How the discounts of closed months differ by the adjustments of calls on the bills of ``month``.

    ``adjusted``: these adjustments added up (:func:`signed_sums`).
    ``rules``: the discount in force in each month adjusted, for the kind of the contracts. Returns rows ``contract``,
    ``month`` (the closed one), ``tax`` and ``charge`` in milli-yen: less discount is more to pay.
    """
    changed: list[dict[str, Any]] = []
    for closed, rule in rules.items():
        now = adjusted.filter(pl.col("month") == closed)
        if rule is None or now.is_empty():
            continue
        touched = sorted(set(now["contract"]))
        earlier = Adjustment.objects.filter(month__lt=month, for_month=closed, contract__in=touched)
        before = pl.concat([stored_sums(touched, [closed]), signed_sums(earlier)])
        after = pl.concat([before, now])
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
