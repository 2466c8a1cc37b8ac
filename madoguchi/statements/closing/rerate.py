"""A month priced again by the rules of today: the difference first, then, if wanted, applied."""

import hashlib
from datetime import date, datetime

import polars as pl
from django.db import transaction

from madoguchi.accounts.models import Account

from . import repriced, repriced_data
from .models import BillingMonth
from .months import keep_imports_out
from .rerated import RerateDifference, Rerating


class CannotRerate(Exception):
    """``reason``: ``dropped`` (its lines are in the archive alone), ``closing``, ``stale`` or ``applied``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def look(month: date, *, now: datetime, by: Account | None = None) -> Rerating:
    """What the month's usage would cost by the prices of today, kept with its difference. Changes no line."""
    sums = _gone_through(month, closed=_is_closed(month))
    rerating = Rerating.objects.create(month=month, made_at=now, made_by=by, digest=sums.digest(), **sums.counts())
    RerateDifference.objects.bulk_create(
        (RerateDifference(rerating=rerating, **row) for row in sums.differences().iter_rows(named=True)),
        batch_size=2000,
    )
    return rerating


@transaction.atomic
def apply(rerating: Rerating, *, now: datetime) -> None:
    """Let what was looked at count: in an open month on its lines, in a closed one as adjustments in the next.

    Raises :class:`CannotRerate` where the month or the prices changed since: look again.
    """
    rerating = Rerating.objects.select_for_update().get(pk=rerating.pk)
    if rerating.applied_at:
        raise CannotRerate("applied")
    keep_imports_out(to=f"pricing {rerating.month:%Y-%m} again")
    sums = _gone_through(rerating.month, closed=_is_closed(rerating.month), applied=rerating)
    if sums.digest() != rerating.digest:
        raise CannotRerate("stale")
    rerating.applied_at = now
    rerating.save(update_fields=["applied_at"])


def _is_closed(month: date) -> bool:
    state = BillingMonth.objects.filter(month=month).first()
    if state and state.dropped_at:
        raise CannotRerate("dropped")
    if state and state.state == BillingMonth.State.CLOSING:
        raise CannotRerate("closing")
    return bool(state and state.closed_at)


def _gone_through(month: date, *, closed: bool, applied: Rerating | None = None) -> "_Sums":
    """Every line of the month priced again and, where a difference is applied, written as it goes."""
    sums = _Sums()
    for of in repriced.PRICED:
        for changed in repriced.changes(of, month, closed=closed, looked_at=sums.look):
            sums.take(of.records, changed.select("contract_id", "key", "outgoing", *of.priced))
            sums.tell(of.records, changed.filter(repriced.differing(of.told)))
            if applied:
                repriced.write(of, applied, changed, closed=closed)
    if closed:
        for priced in repriced_data.changes(month):
            sums.look(priced, 0)
            changed = priced.filter(repriced.differing(("charge", "tax")))
            sums.take("data", changed)
            sums.tell("data", changed.with_columns(kind=pl.lit("")))
            if applied:
                repriced_data.write(applied, changed)
    return sums


class _Sums:
    """What was looked at and what differs, added up; and a digest of every changed line."""

    def __init__(self) -> None:
        self.hash = hashlib.sha256()
        self.lines = self.changed = self.unpriced = self.before = self.after = 0
        self.parts: list[pl.DataFrame] = []

    def look(self, lines: pl.DataFrame, unpriced: int) -> None:
        self.lines += lines.height
        self.unpriced += unpriced
        self.before += int(lines["old_charge"].sum())
        self.after += int(lines["charge"].sum())

    def take(self, records: str, changed: pl.DataFrame) -> None:
        self.hash.update(records.encode() + changed.write_csv().encode())

    def tell(self, records: str, changed: pl.DataFrame) -> None:
        """``changed``: what makes a difference to anybody, with its class (``kind``)."""
        self.changed += changed.height
        told = changed.group_by("contract_id", "kind").agg(
            lines=pl.len().cast(pl.Int64), before=pl.col("old_charge").sum(), after=pl.col("charge").sum()
        )
        self.parts.append(told.with_columns(records=pl.lit(records)))

    def differences(self) -> pl.DataFrame:
        """By contract, kind of record and class: lines that changed, before and after (milli-yen); the largest
        difference first."""
        if not self.parts:
            return pl.DataFrame()
        far = (pl.col("after") - pl.col("before")).abs()
        return pl.concat(self.parts).sort(far, "contract_id", "records", "kind", descending=[True, False, False, False])

    def digest(self) -> str:
        return self.hash.hexdigest()

    def counts(self) -> dict[str, int]:
        names = ("lines", "changed", "unpriced", "before", "after")
        return {name: getattr(self, name) for name in names}
