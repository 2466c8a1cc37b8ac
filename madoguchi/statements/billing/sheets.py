"""What a contract owes for a month, ready to be shown: a bill that was issued, or the running sum of an open month."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from madoguchi.contracts.models import Contract
from madoguchi.statements.closing.close import due_on
from madoguchi.statements.closing.months import closes_on, month_after
from madoguchi.statements.closing.parts import Settled, of_bill
from madoguchi.statements.closing.settlement import Terms, settle_contracts
from madoguchi.statements.models import Adjustment, Bill, BillingMonth
from madoguchi.statements.rating import month_before
from madoguchi.statements.reading.hiding import adjustments_listed, listed

from .words import Line, RateSum, any_reduced, lines_of, sums_of


@dataclass(frozen=True, slots=True)
class Sheet:
    """``number`` is empty while the month is open. ``before_tax`` and ``cut`` milli-yen, ``tax`` and ``total`` yen."""

    contract: Contract
    month: date
    number: str
    issued_at: datetime | None
    lines: list[Line]
    sums: list[RateSum]
    before_tax: int
    cut: int
    tax: int
    total: int
    due_on: date
    closes_on: date
    hidden: Q | None  # calls that are not to be listed, nor counted by class (reading/hiding.py)

    @property
    def not_billed(self) -> int:
        return -self.cut

    @property
    def reduced(self) -> bool:
        return any_reduced(self.lines)

    @property
    def last_day(self) -> date:
        return date.fromordinal(month_after(self.month).toordinal() - 1)

    @property
    def adjustments(self) -> QuerySet[Adjustment]:
        """The lines behind the sums that put closed months right, as billed and as they should be."""
        return adjustments_listed(self.contract, self.month, self.hidden)


def sheet_of(bill: Bill, *, hidden: Q | None = None) -> Sheet:
    """An issued bill; its amounts are the same for everybody, whatever is ``hidden``."""
    return _sheet(bill.contract, bill.month, of_bill(bill), hidden=hidden, bill=bill)


def sheet_so_far(contract: Contract, month: date, *, hidden: Q | None = None) -> Sheet:
    """An open month as it stands, settled as its bill will be."""
    settled = settle_contracts([contract], Terms.of(month)).get(contract.pk, Settled())
    return _sheet(contract, month, settled, hidden=hidden)


def _sheet(contract: Contract, month: date, settled: Settled, *, hidden: Q | None, bill: Bill | None = None) -> Sheet:
    if hidden is not None:
        settled = listed(settled, contract, month, hidden)
    lines = lines_of(settled, month)
    return Sheet(
        contract=contract,
        month=month,
        number=bill.number if bill else "",
        issued_at=BillingMonth.objects.get(month=month).closed_at if bill else None,
        lines=lines,
        sums=sums_of(settled),
        before_tax=sum(line.amount for line in lines),
        cut=settled.cut,
        tax=settled.tax,
        total=settled.total,
        due_on=bill.due_on if bill else due_on(month),
        closes_on=closes_on(month),
        hidden=hidden,
    )


def open_months(today: date) -> list[date]:
    """The running month, and those before it that are over and not closed yet; newest first."""
    found = [today.replace(day=1)]
    while len(found) < 3:
        before = month_before(found[-1], 1)
        if BillingMonth.objects.filter(month=before, closed_at__isnull=False).exists():
            break
        found.append(before)
    return found


def totals_so_far(contracts: list[Contract], month: date) -> dict[int, int]:
    """By contract, yen that an open month comes to as it stands; those with nothing are left out."""
    return {key: settled.total for key, settled in settle_contracts(contracts, Terms.of(month)).items()}
