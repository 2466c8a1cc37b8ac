"""Messages and data of contracts' months, as the settlement needs them: what they cost, and what comes later."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Count, F, Q, Sum

from madoguchi.contracts.models import Contract
from madoguchi.statements.book import Allowances
from madoguchi.statements.rating import USED, data_lines

from .models import Adjustment, BillingMonth, BillItem

# Kinds of record whose lines have a price each; of the others a month is settled as one.
PRICED = ("messages",)
COUNTED = ("data", "sessions")
MESSAGES: dict[str, pl.DataType | type[pl.DataType]] = {
    "contract": pl.Int64,
    "month": pl.Date,
    "outgoing": pl.Boolean,
    "kind": pl.String,
    "tax": pl.String,
    "messages": pl.Int64,
    "charge": pl.Int64,
}
Used = dict[tuple[int, date], tuple[int, int]]  # records and bytes by contract and month


def message_sums(contracts: Sequence[int], month: date) -> pl.DataFrame:
    """The stored messages of a month by what they cost; columns ``MESSAGES``."""
    from madoguchi.statements.models import UsageLine

    lines = UsageLine.objects.filter(month=month, contract__in=contracts, records__in=PRICED)
    rows = lines.values_list("contract_id", "month", "outgoing", "kind", "tax").order_by()
    found = rows.annotate(messages=Count("key"), charged=Sum("charge"))
    return pl.DataFrame(list(found), schema=MESSAGES, orient="row")


def data_of(contracts: Mapping[int, Contract], month: date, allowances: Allowances) -> pl.DataFrame:
    """What the stored data of a month costs; columns ``rating.DATA_LINE``."""
    return _priced(_stored(list(contracts), [month]), contracts, allowances, billed={})


def _stored(contracts: Sequence[int], months: Iterable[date]) -> Used:
    from madoguchi.statements.models import UsageLine

    lines = UsageLine.objects.filter(month__in=list(months), contract__in=contracts, records__in=COUNTED)
    rows = lines.values_list("contract_id", "month").order_by().annotate(n=Count("key"), used=Sum(F("bytes")))
    return {(contract, month): (n, used) for contract, month, n, used in rows}


def _priced(
    used: Used, contracts: Mapping[int, Contract], allowances: Allowances, *, billed: Mapping[tuple[int, date], str]
) -> pl.DataFrame:
    """By the allowance of the plan, or the one a month was billed by."""
    rows = []
    for (key, month), (records, amount) in sorted(used.items()):
        plan = allowances.of_plan(contracts[key].service_id, contracts[key].plan, month)
        if name := billed.get((key, month)) or (plan and plan.name):
            rows.append((key, month, name, records, amount))
    return data_lines(pl.DataFrame(rows, schema=USED, orient="row"), allowances.all())


def with_usage(summary: pl.DataFrame, messages: pl.DataFrame, data: pl.DataFrame) -> pl.DataFrame:
    """``summary`` of calls with the charges of messages and data, which no discount on calls reduces."""
    charged = pl.concat([frame.select("contract", "month", "tax", "charge") for frame in (messages, data)])
    unsaid = {
        name: pl.lit("" if dtype == pl.String else 0, dtype=dtype)
        for name, dtype in summary.schema.items()
        if name not in charged.columns
    }
    return pl.concat([summary, charged.with_columns(**unsaid).select(summary.columns)])


def data_changes(
    contracts: Mapping[int, Contract], month: date, adjustments: Sequence[Adjustment], allowances: Allowances
) -> list[dict[str, Any]]:
    """How the charges for data of closed months differ by what came late on the bills of ``month``.

    Returns rows ``contract``, ``month`` (the closed one), ``tax``, ``charge`` in milli-yen, ``blocks`` and ``bytes``.
    """
    now = [adjustment for adjustment in adjustments if adjustment.records in COUNTED]
    if not now:
        return []
    keys = sorted({adjustment.contract_id for adjustment in now})
    months = sorted({adjustment.for_month for adjustment in now})
    earlier = list(
        Adjustment.objects.filter(
            Q(month__lt=month), contract__in=keys, for_month__in=months, records__in=COUNTED
        ).order_by("pk")
    )
    touched = {(adjustment.contract_id, adjustment.for_month) for adjustment in now}
    sides = []
    for later, sign in ((earlier, -1), ([*earlier, *sorted(now, key=lambda row: row.pk)], 1)):
        used = used_as_it_stands(keys, months, later)
        billed = allowances_billed(keys, months, later)
        priced = _priced({at: used[at] for at in touched if at in used}, contracts, allowances, billed=billed)
        sides.append(priced.with_columns(pl.col("charge", "blocks", "bytes") * sign))
    changed = pl.concat(sides).group_by("contract", "month", "tax").agg(pl.col("charge", "blocks", "bytes").sum())
    return changed.sort("contract", "month", "tax").rows(named=True)


def charge_of_change(contracts: Mapping[int, Contract], month: date, change: Mapping[int, int], *, besides: int) -> int:
    """How the charges for data of a closed month differ (milli-yen) by ``change`` in bytes, by contract.

    ``besides``: an import whose adjustments on bills that are not made yet are not counted.
    """
    keys = sorted(change)
    later = Adjustment.objects.filter(contract__in=keys, for_month=month, records__in=COUNTED)
    made = Q(month__in=BillingMonth.objects.filter(closed_at__isnull=False).values("month"))
    stays = list(later.filter(made | ~Q(usage_import=besides) | Q(usage_import=None)).order_by("pk"))
    used = used_as_it_stands(keys, [month], stays)
    billed = allowances_billed(keys, [month], stays)
    allowances = Allowances.of_today()
    after = {at: (n, amount + change[at[0]]) for at, (n, amount) in used.items()}
    sides = [_priced(side, contracts, allowances, billed=billed)["charge"].sum() for side in (used, after)]
    return int(sides[1]) - int(sides[0])


def allowances_billed(
    contracts: Sequence[int], months: Sequence[date], later: Sequence[Adjustment]
) -> dict[tuple[int, date], str]:
    """By contract and closed month the allowance its data was billed by, or priced again by in ``later``."""
    items = BillItem.objects.filter(kind=BillItem.Kind.DATA, bill__contract__in=contracts, bill__month__in=months)
    billed = {(key, closed): code for key, closed, code in items.values_list("bill__contract", "bill__month", "code")}
    for adjustment in later:
        if adjustment.new and "allowance" in adjustment.new:
            billed[adjustment.contract_id, adjustment.for_month] = adjustment.new["allowance"]
    return billed


def allowances_of_late(contracts: Iterable[int], month: date) -> dict[int, str]:
    """By which allowance late data of a closed month counts, for contracts that used none of it until the month closed.

    No bill says so: it is what the plan includes when the first of it comes in, and stays so until it is priced again.
    """
    without = sorted(set(contracts) - {contract for contract, _month in _stored(list(contracts), [month])})
    if not without:
        return {}
    later = Adjustment.objects.filter(contract__in=without, for_month=month, records__in=COUNTED).order_by("pk")
    named = {contract: name for (contract, _month), name in allowances_billed(without, [month], list(later)).items()}
    today = Allowances.of_today()
    for contract in Contract.objects.filter(pk__in=set(without) - set(named)):
        if plan := today.of_plan(contract.service_id, contract.plan, month):
            named[contract.pk] = plan.name
    return named


def used_as_it_stands(contracts: Sequence[int], months: Sequence[date], later: Iterable[Adjustment]) -> Used:
    """What was used in closed months, put right by ``later``: the new side counts, the old side against it."""
    sums: defaultdict[tuple[int, date], list[int]] = defaultdict(lambda: [0, 0])
    for at, (records, amount) in _stored(contracts, months).items():
        sums[at] = [records, amount]
    for adjustment in later:
        for side, sign in ((adjustment.new, 1), (adjustment.old, -1)):
            if side:
                sums[adjustment.contract_id, adjustment.for_month][0] += sign
                sums[adjustment.contract_id, adjustment.for_month][1] += sign * side["bytes"]
    return {at: (records, amount) for at, (records, amount) in sums.items()}


def message_changes(adjustments: Iterable[Adjustment]) -> list[dict[str, Any]]:
    """Messages of closed months put right, added up: ``contract``, ``month``, ``tax``, ``messages`` and ``charge``."""
    sums: defaultdict[tuple[int, date, str], list[int]] = defaultdict(lambda: [0, 0])
    for adjustment in adjustments:
        for side, sign in ((adjustment.new, 1), (adjustment.old, -1)):
            if side and adjustment.records in PRICED:
                one = sums[adjustment.contract_id, adjustment.for_month, side["tax"]]
                one[0] += sign
                one[1] += sign * side["charge"]
    return [
        {"contract": contract, "month": month, "tax": tax, "messages": messages, "charge": charge}
        for (contract, month, tax), (messages, charge) in sorted(sums.items())
        if charge or tax
    ]
