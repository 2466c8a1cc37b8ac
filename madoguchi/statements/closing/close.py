"""Close a month: freeze it, settle its contracts part by part, number the bills, and show them, all at once.

Whatever is killed on the way leaves the month being closed and no bill to be seen; run again, it goes on from the last
part that was finished. docs/closing.md says why.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Mod
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.contracts.models import Contract
from madoguchi.lib.postgresql import waits

from .models import Bill, BillingMonth, BillItem, ClosingRun, ClosingShard
from .months import closes_on, earlier_open_month, keep_imports_out, month_after
from .parts import SUMS, as_items
from .settlement import Terms, settle_contracts

TOGETHER = 1000  # contracts settled at once


class CannotClose(Exception):
    """The month is not to be closed; ``reason`` is ``not_over``, ``closed`` or ``earlier_open`` (then ``month``)."""

    def __init__(self, reason: str, month: date) -> None:
        super().__init__(f"{month:%Y-%m}: {reason}")
        self.reason = reason
        self.month = month


def obstacle(month: date, *, now: datetime) -> CannotClose | None:
    """What keeps a month that is open from being closed now."""
    if timezone.localdate(now) < month_after(month):
        return CannotClose("not_over", month)
    if earlier := earlier_open_month(month):
        return CannotClose("earlier_open", earlier)
    return None


@transaction.atomic
def begin(month: date, *, now: datetime, by: Account | None = None, wait: bool = True) -> ClosingRun:
    """Freeze the month and lay out the parts of its closing; one that was begun already goes on.

    Waits for imports that are running, or without ``wait`` raises :class:`.months.ImportRunning`. Raises
    :class:`CannotClose`.
    """
    keep_imports_out(to=f"beginning to close {month:%Y-%m}", wait=wait)
    state, _made = BillingMonth.objects.select_for_update().get_or_create(month=month)
    if state.closed_at:
        raise CannotClose("closed", month)
    if run := ClosingRun.objects.filter(month=month, called_off_at=None).first():
        return run
    if found := obstacle(month, now=now):
        raise found
    with connection.cursor() as cursor:
        cursor.execute("SELECT statements_guard_month(%s)", [month])
    state.frozen_at = now
    state.save(update_fields=["frozen_at"])
    run = ClosingRun.objects.create(month=month, begun_at=now, begun_by=by)
    shards = (ClosingShard(run=run, shard=n) for n in range(settings.CLOSING_SHARDS))
    ClosingShard.objects.bulk_create(shards)
    return run


def work(run: ClosingRun) -> None:
    """Do every part that nobody is at; then wait for those that somebody is, and do what they left undone."""
    for others in (False, True):
        while _one_part(run, wait=others):
            pass


@transaction.atomic
def _one_part(run: ClosingRun, *, wait: bool) -> bool:
    """Settle the contracts of one part; its bills and its end are one transaction. False: no part is left."""
    undone = run.shards.filter(finished_at=None).order_by("shard")
    return _locked(run, undone.select_for_update(skip_locked=not wait).first())


def work_part(run: ClosingRun, number: int) -> None:
    """Settle one part, unless it is done or another worker is at it."""
    with transaction.atomic():
        undone = run.shards.filter(finished_at=None, shard=number)
        _locked(run, undone.select_for_update(skip_locked=True).first())


def _locked(run: ClosingRun, shard: ClosingShard | None) -> bool:
    if shard is None or not ClosingRun.objects.filter(pk=run.pk, called_off_at=None).exists():
        return False
    _settle(run, shard)
    return True


def _settle(run: ClosingRun, shard: ClosingShard) -> None:
    waits.doing(f"closing {run.month:%Y-%m}, part {shard.shard + 1}")
    terms = Terms.of(run.month)
    ours = Contract.objects.alias(part=Mod(F("pk"), run.shards.count())).filter(part=shard.shard)
    keys = list(ours.filter(started_on__lt=month_after(run.month)).order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(keys), TOGETHER):
        shard.bills += _bill(run, keys[first : first + TOGETHER], terms)
    shard.finished_at = timezone.now()
    shard.save(update_fields=["finished_at", "bills"])


def _bill(run: ClosingRun, keys: list[int], terms: Terms) -> int:
    contracts = {
        contract.pk: contract for contract in Contract.objects.filter(pk__in=keys).prefetch_related("telephone_numbers")
    }
    settled = settle_contracts(list(contracts.values()), terms)
    bills = Bill.objects.bulk_create(
        (
            Bill(
                run=run,
                month=run.month,
                contract_id=key,
                customer_id=contracts[key].customer_id,
                due_on=due_on(run.month),
                **{name: getattr(sums, name) for name in SUMS},
            )
            for key, sums in sorted(settled.items())
        ),
        batch_size=TOGETHER,
    )
    items = (item for bill in bills for item in as_items(bill, settled[bill.contract_id]))
    BillItem.objects.bulk_create(items, batch_size=2 * TOGETHER)
    return len(bills)


def due_on(month: date) -> date:
    return closes_on(month) + timedelta(days=settings.DUE_DAYS)


# Numbers run from 1 within a month, in the order of contract numbers, so that a run that is repeated gives the same.
_NUMBER = """
WITH ordered AS MATERIALIZED (
    SELECT bill.id, row_number() OVER (ORDER BY contract.number) AS n
    FROM statements_bill bill JOIN contracts_contract contract ON contract.id = bill.contract_id
    WHERE bill.run_id = %s)
UPDATE statements_bill SET number = to_char(month, 'YYYYMM') || '-' || lpad(ordered.n::text, 7, '0')
FROM ordered WHERE statements_bill.id = ordered.id
"""


@transaction.atomic
def finish(run: ClosingRun, *, now: datetime) -> bool:
    """Number the bills and close the month, once every part is done. False where one is not. Does it once."""
    state = BillingMonth.objects.select_for_update().get(month=run.month)
    run.refresh_from_db()
    if run.finished_at:
        return True
    if run.called_off_at or run.shards.filter(finished_at=None).exists():
        return False
    with connection.cursor() as cursor:
        # The bills are new: told nothing of them, the database joins them row by row with all the others.
        cursor.execute("ANALYZE statements_bill")
        cursor.execute(_NUMBER, [run.pk])
    run.finished_at = state.closed_at = now
    run.save(update_fields=["finished_at"])
    state.save(update_fields=["closed_at"])
    return True


def close_month(month: date, *, now: datetime, by: Account | None = None) -> ClosingRun:
    """All of it, in this process; others may be at it too. Raises :class:`CannotClose`, :class:`Unbalanced`."""
    run = begin(month, now=now, by=by)
    work(run)
    finish(run, now=timezone.now())
    run.refresh_from_db()
    return run


@transaction.atomic
def call_off(run: ClosingRun, *, now: datetime) -> None:
    """Give a closing up that has not come to its end: its bills go, the month takes calls again.

    What came late meanwhile stays on the next month's bill. Raises :class:`CannotClose`.
    """
    state = BillingMonth.objects.select_for_update().get(month=run.month)
    run.refresh_from_db()
    if state.closed_at:
        raise CannotClose("closed", run.month)
    list(run.shards.select_for_update())  # nobody is at a part now, and nobody begins one
    Bill.objects.filter(run=run).delete()
    run.called_off_at = now
    run.save(update_fields=["called_off_at"])
    state.frozen_at = None
    state.save(update_fields=["frozen_at"])
