"""What a contract cost in each of the months shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import prefetch_related_objects

from madoguchi.contracts.models import Contract
from madoguchi.statements.closing.parts import Settled
from madoguchi.statements.closing.settlement import Terms, settle_contracts
from madoguchi.statements.models import Bill, BillingMonth


@dataclass(frozen=True, slots=True)
class MonthTotal:
    """``total``: whole yen with tax; None where there is nothing to bill."""

    month: date
    total: int | None
    provisional: bool


def totals(
    contract: Contract, months: Sequence[date], *, known: Mapping[date, Settled] | None = None
) -> list[MonthTotal]:
    """A total for each of ``months`` (first days), in their order: of the bill, or settled as it stands.

    ``known``: months that are settled already.
    """
    closed = BillingMonth.objects.filter(month__in=months, closed_at__isnull=False)
    is_closed = set(closed.values_list("month", flat=True))
    billed = dict(Bill.objects.issued().filter(contract=contract, month__in=months).values_list("month", "total"))
    settled: dict[date, Settled | None] = {month: known[month] for month in months if known and month in known}
    still = [month for month in months if month not in is_closed and month not in settled]
    settled |= _as_they_stand(contract, still)
    found = []
    for month in months:
        now = settled.get(month)
        total = billed.get(month) if month in is_closed else now.total if now else None
        found.append(MonthTotal(month, total, provisional=month not in is_closed))
    return found


def _as_they_stand(contract: Contract, months: Sequence[date]) -> dict[date, Settled | None]:
    if not months:
        return {}
    prefetch_related_objects([contract], "telephone_numbers")
    terms = Terms.of(months[0])
    return {month: settle_contracts([contract], replace(terms, month=month)).get(contract.pk) for month in months}
