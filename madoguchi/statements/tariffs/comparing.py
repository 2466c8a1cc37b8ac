"""A comparison from the moment somebody asks for it: queued, worked out by a worker, kept for a while."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from uuid import UUID

import polars as pl
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from madoguchi.accounts.models import Account
from madoguchi.lib.beside import Beside
from madoguchi.statements.models import BillingMonth, ComparedContract, TariffComparison, TariffVersion

from .compare import CannotCompare, Comparison, compare, how_many
from .versions import fingerprint

MOST_TRIES = 3
State = TariffComparison.State

REASONS: dict[str, str | Promise] = {
    "gone": _("A version was thrown away before it could be compared."),
    "wrong_tariff": _("No call can be rated by “%(value)s” as it stands. Its page names the errors; mend them first."),
    "dropped": _("The calls of this month are no longer in the database; they are in the archive alone."),
    "interrupted": _("It was interrupted three times. The log of the worker says why."),
}

_BEGIN = """
UPDATE statements_tariffcomparison
SET state = 'working', tries = tries + 1, calls_done = 0, calls_in_all = %s, told_at = %s WHERE id = %s
"""
_TELL = "UPDATE statements_tariffcomparison SET calls_done = %s, told_at = %s WHERE id = %s"
_STORE = """
COPY statements_comparedcontract (comparison_id, contract_id, calls, changed, before, after, difference)
FROM STDIN (FORMAT csv)
"""
# All but what is told beside the transaction.
_RESULT = (
    *("state", "reason", "value", "finished_at", "first_print", "second_print", "kinds"),
    *("calls", "before", "after", "changed", "unpriced_before", "unpriced_after", "contracts", "dearer", "cheaper"),
)


class _Progress(Beside):
    """Of one comparison, told while its transaction runs."""

    def __init__(self, comparison_id: int) -> None:
        super().__init__()
        self.comparison_id = comparison_id

    def begin(self, calls: int) -> None:
        self.execute(_BEGIN, calls, timezone.now(), self.comparison_id)

    def tell(self, calls: int) -> None:
        if self.is_time():
            self.execute(_TELL, calls, timezone.now(), self.comparison_id)


def is_dropped(month: date) -> bool:
    """Whether a month's calls have left the database for good."""
    return BillingMonth.objects.filter(month=month, dropped_at__isnull=False).exists()


@transaction.atomic
def begin(
    first: TariffVersion, second: TariffVersion, *, month: date, by: Account, key: UUID
) -> tuple[TariffComparison, bool]:
    """The comparison, and whether it is a new one: not where the same is under way, or ``key`` asked for it before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('statements_comparison_asked'))")
    same = TariffComparison.objects.filter(first=first, second=second, month=month)
    if standing := same.filter(Q(key=key) | Q(state__in=TariffComparison.MOVING)).first():
        return standing, False
    asked = TariffComparison.objects.create(
        first=first,
        second=second,
        first_name=first.name,
        second_name=second.name,
        month=month,
        asked_by=by,
        key=key,
    )
    hand_out(asked)
    return asked, True


def hand_out(comparison: TariffComparison) -> None:
    """A job for it; nothing where one is queued already. One is at work at a time: the bills go on meanwhile."""
    lock = f"statements.compare:{comparison.pk}"
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task("statements.compare_versions", lock="statements.compare", queueing_lock=lock).defer(
            comparison_id=comparison.pk
        )


def take_up() -> None:
    """A job for each that waits, or whose worker may have died; where one is still at it, the job does nothing."""
    for comparison in TariffComparison.objects.filter(state__in=TariffComparison.MOVING).order_by("pk"):
        hand_out(comparison)


def work_out(comparison_id: int, *, now: datetime) -> None:
    """Work a comparison out and keep what came of it, whole or not at all."""
    with transaction.atomic(), _Progress(comparison_id) as progress:
        if not _alone_at(comparison_id):
            return
        asked = TariffComparison.objects.select_related("first", "second").filter(pk=comparison_id).first()
        if asked is None or not asked.moves:
            return
        try:
            _try(asked, progress)
        except CannotCompare as error:
            asked.state, asked.reason, asked.value = State.FAILED, error.reason, error.value[:200]
        asked.finished_at = now
        asked.save(update_fields=_RESULT)


def _try(asked: TariffComparison, progress: _Progress) -> None:
    if asked.tries >= MOST_TRIES:
        raise CannotCompare("interrupted")
    if asked.first is None or asked.second is None:
        raise CannotCompare("gone")
    if is_dropped(asked.month):
        raise CannotCompare("dropped")
    progress.begin(how_many(asked.first, asked.second, month=asked.month))
    asked.first_print, asked.second_print = fingerprint(asked.first), fingerprint(asked.second)
    _keep(asked, compare(asked.first, asked.second, month=asked.month, told=progress.tell))


def _alone_at(comparison_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('statements_comparison'), %s)", [comparison_id])
        return bool(cursor.fetchone()[0])


def _keep(asked: TariffComparison, found: Comparison) -> None:
    for name in ("calls", "before", "after", "changed", "unpriced_before", "unpriced_after"):
        setattr(asked, name, found.total[name])
    asked.kinds = found.kinds.to_dicts()
    asked.contracts = found.contracts.height
    asked.dearer = int((found.contracts["difference"] > 0).sum())
    asked.cheaper = int((found.contracts["difference"] < 0).sum())
    asked.state = State.DONE
    with connection.cursor() as cursor, cursor.copy(_STORE) as copy:
        for part in found.contracts.iter_slices(10_000):
            rows = part.select(
                pl.lit(asked.pk).alias("comparison"),
                *("contract", "calls", "changed", "before", "after", "difference"),
            )
            copy.write(rows.write_csv(include_header=False).encode())


def has_changed(version: TariffVersion | None, fingerprint_then: str, since: datetime | None) -> bool:
    """Whether a version is no longer what a comparison found: edited as a draft, or thrown away."""
    if version is None:
        return True
    if since and version.released_at and version.released_at < since:
        return False  # released it is not edited, and taken back and released again this would be later
    return fingerprint(version) != fingerprint_then


def forget_old(*, now: datetime) -> int:
    """Delete results past their time; returns how many."""
    old = TariffComparison.objects.filter(asked_at__lt=now - timedelta(days=settings.COMPARISON_DAYS))
    ended = old.exclude(state__in=TariffComparison.MOVING)
    ComparedContract.objects.filter(comparison__in=ended).delete()
    return ended.delete()[1].get(TariffComparison._meta.label, 0)
