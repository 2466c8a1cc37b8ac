"""After an import of call records: which watched contracts it touched, and what their people asked to be told.

The cost follows what is watched, not what is stored: of the calls only the months of watched contracts are read, by the
key of their table, and more than one month only where the import brought such a contract something.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from madoguchi.contracts.models import Contract
from madoguchi.statements.models import UsageImport
from madoguchi.statements.rating import month_before

from . import rules
from .models import Alert, Progress, Watch
from .tell import tell

CONTRACTS_AT_A_TIME = 500

_TOUCHED = """
SELECT DISTINCT contract_id FROM statements_call
WHERE month = %(month)s AND contract_id = ANY(%(contracts)s)
  AND usage_import_id > %(since)s AND usage_import_id <= %(until)s
"""
_CHARGES = """
SELECT contract_id, number, month, sum(charge)::bigint FROM statements_call
WHERE month = ANY(%(months)s) AND contract_id = ANY(%(contracts)s) AND outgoing AND carried
GROUP BY contract_id, number, month
"""
# A country: new where all calls to it came with these imports.
_COUNTRIES = """
SELECT contract_id, number, area_en, min(area_ja), bool_and(usage_import_id > %(since)s),
       bool_or(month = %(month)s AND usage_import_id > %(since)s)
FROM statements_call
WHERE month = ANY(%(months)s) AND contract_id = ANY(%(contracts)s)
  AND outgoing AND talk_seconds > 0 AND kind = 'international' AND area_en <> ''
GROUP BY contract_id, number, area_en
"""


@dataclass(slots=True)
class Used:
    """A contract, or one of its numbers, as far as the rules ask. Money in milli-yen."""

    charges: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    called_before: set[str] = field(default_factory=set)  # countries, by their English names
    called_now: dict[str, str] = field(default_factory=dict)  # English name: Japanese name


@transaction.atomic
def look(*, now: datetime) -> int:
    """Look for what the imports since the last time give reason to tell, and post it; how many alerts that made.

    Whoever is second waits, and finds nothing left to do. All is done or nothing.
    """
    Progress.objects.get_or_create(pk=1)
    progress = Progress.objects.select_for_update().get(pk=1)
    until = UsageImport.objects.aggregate(last=Max("pk"))["last"] or 0
    if until <= progress.last_import:
        return 0
    today = timezone.localdate(now)
    alerts = 0
    # A month's last calls come in when the next has begun.
    for month in (month_before(today, 1), month_before(today, 0)):
        alerts += sum(tell(alert, now=now) for alert in _alerts(month, since=progress.last_import, until=until))
    progress.last_import = until
    progress.save(update_fields=["last_import"])
    return alerts


def _alerts(month: date, *, since: int, until: int) -> Iterator[Alert]:
    watched = list(Watch.objects.awake().order_by("contract").values_list("contract", flat=True).distinct())
    for start in range(0, len(watched), CONTRACTS_AT_A_TIME):
        some = watched[start : start + CONTRACTS_AT_A_TIME]
        touched = [row[0] for row in _rows(_TOUCHED, contracts=some, month=month, since=since, until=until)]
        if touched:
            yield from _of_contracts(touched, month, since=since)


def _of_contracts(contracts: Sequence[int], month: date, *, since: int) -> Iterator[Alert]:
    used = _used(contracts, month, since=since)
    watches = Watch.objects.awake().filter(contract__in=contracts).select_related("account", "number")
    for watch in watches.order_by("pk"):
        # Whoever lost sight of the contract is told nothing of it.
        if not watch.account.is_active or not Contract.objects.visible_to(watch.account).filter(pk=watch.contract_id):
            continue
        one = used.get((watch.contract_id, watch.number.number if watch.number else ""))
        if one is not None:
            yield from reasons(watch, one, month)


def reasons(watch: Watch, used: Used, month: date) -> Iterator[Alert]:
    """What ``watch`` asks to be told of a month that was used like that, told before or not."""
    charge = used.charges[month]
    if watch.budget is not None and rules.passes(charge, budget=watch.budget):
        yield Alert(watch=watch, kind=Alert.Kind.BUDGET, month=month, budget=watch.budget, charge=charge)
    before = [used.charges[month_before(month, back)] for back in range(1, rules.MONTHS_COMPARED + 1)]
    if watch.rise and rules.rises(charge, before):
        yield Alert(watch=watch, kind=Alert.Kind.RISE, month=month, charge=charge, usual=rules.usual(before) or 0)
    if watch.new_country:
        for english, japanese in sorted(used.called_now.items()):
            if english not in used.called_before:
                kind = Alert.Kind.COUNTRY
                yield Alert(watch=watch, kind=kind, month=month, country_en=english, country_ja=japanese, charge=charge)


def _used(contracts: Sequence[int], month: date, *, since: int) -> dict[tuple[int, str], Used]:
    """By contract and number; the whole contract under the empty number."""
    used: dict[tuple[int, str], Used] = defaultdict(Used)
    compared = [month_before(month, back) for back in range(rules.MONTHS_COMPARED + 1)]
    for contract, number, of_month, charge in _rows(_CHARGES, contracts=contracts, months=compared):
        for whose in ((contract, number), (contract, "")):
            used[whose].charges[of_month] += charge
    remembered = [month_before(month, back) for back in range(rules.QUIET_MONTHS + 1)]
    rows = _rows(_COUNTRIES, contracts=contracts, months=remembered, month=month, since=since)
    for contract, number, english, japanese, is_new, is_now in rows:
        for whose in ((contract, number), (contract, "")):
            if not is_new:
                used[whose].called_before.add(english)
            elif is_now:
                used[whose].called_now[english] = japanese
    return used


def _rows(query: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
