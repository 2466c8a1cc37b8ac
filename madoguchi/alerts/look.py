"""After an import of usage records: which watched contracts it touched, and what their people asked to be told.

The cost follows what is watched, not what is stored: only the months of watched contracts are read, by the keys of
their tables, and more than one month only where the import brought such a contract something.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from madoguchi.contracts.models import Contract
from madoguchi.statements.models import Conflict, Rerating, UsageImport
from madoguchi.statements.rating import month_before

from . import rules
from .models import Alert, Progress, Watch
from .tell import tell
from .used import Used, rows, used_in

CONTRACTS_AT_A_TIME = 500

# What came late for a closed month is on the bill of a later one.
_TOUCHED = """
SELECT contract_id FROM statements_call
WHERE month = %(month)s AND contract_id = ANY(%(contracts)s)
  AND usage_import_id > %(since)s AND usage_import_id <= %(until)s
UNION SELECT contract_id FROM statements_usageline
WHERE month = %(month)s AND contract_id = ANY(%(contracts)s)
  AND usage_import_id > %(since)s AND usage_import_id <= %(until)s
UNION SELECT contract_id FROM statements_adjustment
WHERE month = %(month)s AND contract_id = ANY(%(contracts)s)
  AND usage_import_id > %(since)s AND usage_import_id <= %(until)s
"""
_WITH_USAGE = """
SELECT contract_id FROM statements_call WHERE month = %(month)s AND contract_id = ANY(%(contracts)s)
UNION SELECT contract_id FROM statements_usageline WHERE month = %(month)s AND contract_id = ANY(%(contracts)s)
UNION SELECT contract_id FROM statements_adjustment WHERE month = %(month)s AND contract_id = ANY(%(contracts)s)
"""


@transaction.atomic
def look(*, now: datetime) -> int:
    """Look for what changed since the last time and gives reason to tell, and post it; how many alerts that made.

    Whoever is second waits, and finds nothing left to do. All is done or nothing.
    """
    Progress.objects.get_or_create(pk=1)
    progress = Progress.objects.select_for_update().get(pk=1)
    before = (progress.last_import, progress.reratings, progress.decisions)
    until = UsageImport.objects.aggregate(last=Max("pk"))["last"] or 0
    reratings = Rerating.objects.filter(applied_at__isnull=False).count()
    decisions = Conflict.objects.filter(decision=Conflict.Decision.TAKEN).count()
    if (until, reratings, decisions) == before:
        return 0
    # These two name no contract: whatever is watched is looked at.
    all_of_them = (reratings, decisions) != before[1:]
    today = timezone.localdate(now)
    alerts = 0
    # A month's last records come in when the next has begun.
    for month in (month_before(today, 1), month_before(today, 0)):
        for contracts in _touched(month, since=progress.last_import, until=until, all_of_them=all_of_them):
            alerts += tell(_alerts(contracts, month, since=progress.last_import), now=now)
    progress.last_import, progress.reratings, progress.decisions = until, reratings, decisions
    progress.save()
    return alerts


def _touched(month: date, *, since: int, until: int, all_of_them: bool) -> Iterator[list[Contract]]:
    """Watched contracts whose month changed, some at a time."""
    query = _WITH_USAGE if all_of_them else _TOUCHED
    watched = list(Watch.objects.awake().order_by("contract").values_list("contract", flat=True).distinct())
    for start in range(0, len(watched), CONTRACTS_AT_A_TIME):
        some = watched[start : start + CONTRACTS_AT_A_TIME]
        keys = [key for (key,) in rows(query, contracts=some, month=month, since=since, until=until)]
        if keys:
            yield list(Contract.objects.filter(pk__in=keys).prefetch_related("telephone_numbers").order_by("pk"))


def _alerts(contracts: Sequence[Contract], month: date, *, since: int) -> Iterator[Alert]:
    used = used_in(contracts, month, since=since)
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
    comes_to = used.comes_to(month)
    if watch.budget is not None and rules.passes(comes_to, budget=watch.budget):
        yield Alert(watch=watch, kind=Alert.Kind.BUDGET, month=month, budget=watch.budget, charge=comes_to)
    charge = used.charges[month]
    before = [used.charges[month_before(month, back)] for back in range(1, rules.MONTHS_COMPARED + 1)]
    if watch.rise and rules.rises(charge, before):
        yield Alert(watch=watch, kind=Alert.Kind.RISE, month=month, charge=charge, usual=rules.usual(before) or 0)
    if watch.new_country:
        for english, japanese in used.new_countries():
            names = {"country_en": english, "country_ja": japanese}
            yield Alert(watch=watch, kind=Alert.Kind.COUNTRY, month=month, charge=comes_to, **names)
    if watch.data_used and (percent := rules.step(used.data, included=used.included)):
        amounts = {"percent": percent, "used": used.data, "included": used.included}
        yield Alert(watch=watch, kind=Alert.Kind.DATA, month=month, charge=comes_to, **amounts)
