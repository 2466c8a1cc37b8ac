"""Data of closed months priced by the allowances of today, contract by contract.

Data of an open month is worked out anew whenever anybody looks at it; there is nothing to price again.
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import polars as pl

from madoguchi.contracts.models import Contract, UsageKind
from madoguchi.statements.book import Allowances
from madoguchi.statements.rating import USED, data_lines

from .models import Adjustment, Bill, BillItem
from .months import open_month_for
from .repriced import TOGETHER
from .rerated import Rerating
from .usage import COUNTED, allowances_billed, used_as_it_stands

CHANGE: dict[str, pl.DataType | type[pl.DataType]] = {
    "contract_id": pl.Int64,
    "old_allowance": pl.String,
    "allowance": pl.String,
    "old_tax": pl.String,
    "tax": pl.String,
    "old_charge": pl.Int64,
    "charge": pl.Int64,
}


def changes(month: date) -> Iterator[pl.DataFrame]:
    """What each contract's data cost and would cost today: columns ``CHANGE``, in the contracts' order.

    Data is on the month's bill, or came late, or both. The allowance of today is that of the plan it was counted by,
    whatever plan the contract has since.
    """
    billed = Bill.objects.issued().filter(month=month, items__kind=BillItem.Kind.DATA)
    late = Adjustment.objects.filter(for_month=month, records__in=COUNTED)
    keys = [key for (key,) in billed.values_list("contract").union(late.values_list("contract")).order_by("contract")]
    allowances = Allowances.of_today()
    for first in range(0, len(keys), TOGETHER):
        yield _of(keys[first : first + TOGETHER], month, allowances)


def _of(keys: list[int], month: date, allowances: Allowances) -> pl.DataFrame:
    later = list(
        Adjustment.objects.filter(contract__in=keys, for_month=month, records__in=COUNTED).order_by("pk"),
    )
    by = allowances_billed(keys, [month], later)
    used = used_as_it_stands(keys, [month], later)
    plans = allowances.plans()
    rows = []
    for (contract, of_month), (records, amount) in sorted(used.items()):
        old = by.get((contract, of_month))
        if records and old in plans and (today := allowances.of_plan(*plans[old], month)):
            rows.append((contract, old, today.name, records, amount))
    before, after = (_priced(rows, month, side, allowances) for side in (1, 2))
    return (
        before.rename({"allowance": "old_allowance", "tax": "old_tax", "charge": "old_charge"})
        .join(after, on="contract_id")
        .select(pl.col(name).cast(dtype) for name, dtype in CHANGE.items())
        .sort("contract_id")
    )


def _priced(rows: list[tuple[Any, ...]], month: date, side: int, allowances: Allowances) -> pl.DataFrame:
    used = [(row[0], month, row[side], row[3], row[4]) for row in rows]
    priced = data_lines(pl.DataFrame(used, schema=USED, orient="row"), allowances.all())
    return priced.select(pl.col("contract").alias("contract_id"), "allowance", "tax", "charge")


def write(rerating: Rerating, changed: pl.DataFrame) -> None:
    """An adjustment for each contract of ``changed``: the allowance the month was billed by, and the one of today."""
    month = rerating.month
    lines = Contract.objects.filter(pk__in=changed["contract_id"].to_list(), usage_kind=UsageKind.INTERNET)
    access = set(lines.values_list("pk", flat=True))
    Adjustment.objects.bulk_create(
        Adjustment(
            month=open_month_for(month),
            for_month=month,
            contract_id=row["contract_id"],
            key=uuid.uuid5(uuid.NAMESPACE_OID, f"allowance {row['contract_id']} {month:%Y-%m}"),
            outgoing=True,
            records="sessions" if row["contract_id"] in access else "data",
            reason=Adjustment.Reason.RERATED,
            old=_side(month, row["old_allowance"], row["old_charge"], row["old_tax"]),
            new=_side(month, row["allowance"], row["charge"], row["tax"]),
            rerating=rerating,
        )
        for row in changed.iter_rows(named=True)
    )


def _side(month: date, allowance: str, charge: int, tax: str) -> dict[str, Any]:
    """As a line of usage has it; no byte of its own, and so nothing that was used changes by it."""
    began = datetime.combine(month, time(), UTC).isoformat()
    line = {"month": month.isoformat(), "started_at": began, "ended_at": began, "number": "", "other": "", "bytes": 0}
    return {**line, "allowance": allowance, "charge": charge, "tax": tax}
