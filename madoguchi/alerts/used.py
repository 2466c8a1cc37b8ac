"""What contracts and their numbers used in a month and before it, as far as the rules ask."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from madoguchi.contracts.models import Contract
from madoguchi.statements.book import Allowances
from madoguchi.statements.closing.parts import Kind, Settled, of_bill
from madoguchi.statements.closing.settlement import Terms, settle_contracts
from madoguchi.statements.closing.usage import data_of
from madoguchi.statements.models import Bill, BillingMonth, DataAllowance
from madoguchi.statements.rating import YEN, month_before

from . import rules

_CHARGES = """
SELECT contract_id, number, month, sum(charge)::bigint FROM statements_call
WHERE month = ANY(%(months)s) AND contract_id = ANY(%(contracts)s) AND outgoing AND carried
GROUP BY contract_id, number, month
UNION ALL
SELECT contract_id, number, month, sum(charge)::bigint FROM statements_usageline
WHERE month = ANY(%(months)s) AND contract_id = ANY(%(contracts)s) AND outgoing AND records = 'messages'
GROUP BY contract_id, number, month
"""
# A country: new where all that reached it came with these imports.
_COUNTRIES = """
SELECT contract_id, number, area_en, min(area_ja), bool_and(usage_import_id > %(since)s),
       bool_or(month = %(month)s)
FROM (
    SELECT contract_id, number, area_en, area_ja, usage_import_id, month FROM statements_call
    WHERE month = ANY(%(months)s) AND contract_id = ANY(%(contracts)s)
      AND outgoing AND talk_seconds > 0 AND kind = 'international'
    UNION ALL
    SELECT contract_id, number, area_en, area_ja, usage_import_id, month FROM statements_usageline
    WHERE month = ANY(%(months)s) AND contract_id = ANY(%(contracts)s)
      AND outgoing AND records = 'messages' AND kind = 'international'
) reached
WHERE area_en <> ''
GROUP BY contract_id, number, area_en
"""


@dataclass(slots=True)
class Used:
    """A contract, or one of its numbers. Money in milli-yen, data in bytes.

    ``total``: what the month comes to as it stands, with tax; of a number None, and no data either.
    """

    charges: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    total: int | None = None
    data: int = 0
    included: int | None = None
    reached_before: set[str] = field(default_factory=set)  # countries, by their English names
    reached_now: dict[str, str] = field(default_factory=dict)  # English name: Japanese name

    def comes_to(self, month: date) -> int:
        """What an amount is compared with."""
        return self.charges[month] if self.total is None else self.total

    def new_countries(self) -> list[tuple[str, str]]:
        """English and Japanese name of each."""
        return [item for item in sorted(self.reached_now.items()) if item[0] not in self.reached_before]


def used_in(contracts: Sequence[Contract], month: date, *, since: int) -> dict[tuple[int, str], Used]:
    """By contract and number, the whole contract under the empty number. ``since``: the last import looked at.

    ``contracts`` have their ``telephone_numbers`` prefetched.
    """
    used: dict[tuple[int, str], Used] = defaultdict(Used)
    _charge(used, contracts, month)
    _total(used, contracts, month)
    _reach(used, contracts, month, since=since)
    return used


def _charge(used: dict[tuple[int, str], Used], contracts: Sequence[Contract], month: date) -> None:
    keys = {contract.pk: contract for contract in contracts}
    compared = [month_before(month, back) for back in range(rules.MONTHS_COMPARED + 1)]
    for contract, number, of_month, charge in rows(_CHARGES, contracts=list(keys), months=compared):
        for whose in ((contract, number), (contract, "")):
            used[whose].charges[of_month] += charge
    allowances = Allowances.of_today()
    for of_month in compared:
        for row in data_of(keys, of_month, allowances).iter_rows(named=True):
            used[row["contract"], ""].charges[of_month] += row["charge"]


def _total(used: dict[tuple[int, str], Used], contracts: Sequence[Contract], month: date) -> None:
    allowances = dict(DataAllowance.objects.values_list("pk", "included"))
    for contract, settled in _settled(contracts, month).items():
        one = used[contract, ""]
        one.total = settled.total * YEN
        for part in settled.of(Kind.DATA):
            one.data, one.included = part.bytes, allowances.get(int(part.code))


def _settled(contracts: Sequence[Contract], month: date) -> dict[int, Settled]:
    """As the statement shows them: settled as they stand, or by their bills."""
    if BillingMonth.objects.filter(month=month, closed_at__isnull=False).exists():
        bills = Bill.objects.issued().filter(contract__in=contracts, month=month).prefetch_related("items")
        return {bill.contract_id: of_bill(bill) for bill in bills}
    return settle_contracts(contracts, Terms.of(month))


def _reach(used: dict[tuple[int, str], Used], contracts: Sequence[Contract], month: date, *, since: int) -> None:
    remembered = [month_before(month, back) for back in range(rules.QUIET_MONTHS + 1)]
    keys = [contract.pk for contract in contracts]
    found = rows(_COUNTRIES, contracts=keys, months=remembered, month=month, since=since)
    for contract, number, english, japanese, is_new, is_now in found:
        for whose in ((contract, number), (contract, "")):
            if not is_new:
                used[whose].reached_before.add(english)
            elif is_now:
                used[whose].reached_now[english] = japanese


def rows(query: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
