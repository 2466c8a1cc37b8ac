"""Background jobs of this room. Thin: each names rows and calls a verb."""

from contextlib import suppress
from datetime import UTC, date, datetime

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from madoguchi.accounts.models import Account
from madoguchi.lib.lanes import Lane

from .billing import payment_files, payment_work
from .closing import close, keeping, rerate, schedule
from .imports import conflicts, decide, queue, watch, work
from .models import ClosingRun, Rerating
from .tariffs import comparing


@app.task(
    name="statements.close_part",
    priority=Lane.REST.priority,
    retry=RetryStrategy(max_attempts=5, exponential_wait=2),
)
def close_part(*, run_id: int, shard: int) -> None:
    """Settle a part of a closing; whoever does the last one closes the month."""
    run = ClosingRun.objects.get(pk=run_id)
    close.work_part(run, shard)
    close.finish(run, now=timezone.now())


@app.periodic(cron="25 * * * *")
@app.task(name="statements.close_due", queueing_lock="statements.close_due", priority=Lane.REST.priority)
def close_due(timestamp: int) -> None:
    """Every hour: begin the closing of months whose day has come, and take up those that stopped."""
    schedule.close_due(now=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="50 2 * * *")
@app.task(name="statements.keep_months", queueing_lock="statements.keep_months", priority=Lane.REST.priority)
def keep_months(timestamp: int) -> None:
    """Every night: partitions ahead, archives of what was closed, and an end to calls past their time."""
    now = datetime.fromtimestamp(timestamp, UTC)
    keeping.open_ahead(now=now)
    keeping.archive_closed(now=now)
    keeping.drop_old(now=now)


@app.task(name="statements.look_again", priority=Lane.REST.priority)
def look_again(*, month: str, by: int) -> None:
    """Work out what today's tariffs would make of a month."""
    wanted = date.fromisoformat(f"{month}-01")
    with suppress(rerate.CannotRerate):  # its state is on the page that asked
        rerate.look(wanted, now=timezone.now(), by=Account.objects.get(pk=by))


@app.task(name="statements.apply_rerating", priority=Lane.REST.priority)
def apply_rerating(*, rerating_id: int) -> None:
    """Let a difference count; where it is another one by now, work it out anew for whoever asked."""
    rerating = Rerating.objects.get(pk=rerating_id)
    try:
        rerate.apply(rerating, now=timezone.now())
    except rerate.CannotRerate as error:
        if error.reason == "stale":
            rerate.look(rerating.month, now=timezone.now(), by=rerating.made_by)


@app.task(name="statements.go_on_with_import", priority=Lane.REST.priority)
def go_on_with_import(*, run_id: int) -> None:
    """Check a file that was received, or import one that was confirmed."""
    work.go_on(run_id, now=timezone.now())
    watch.settle()


@app.periodic(cron="* * * * *")
@app.task(name="statements.take_up_imports", queueing_lock="statements.take_up_imports", priority=Lane.REST.priority)
def take_up_imports(timestamp: int) -> None:
    """Every minute: look into watched folders, and see to it that no file waits for a worker that died."""
    watch.settle()
    watch.look(now=datetime.fromtimestamp(timestamp, UTC))
    queue.take_up()


@app.periodic(cron="40 3 * * *")
@app.task(name="statements.tidy_imports", queueing_lock="statements.tidy_imports", priority=Lane.REST.priority)
def tidy_imports(timestamp: int) -> None:
    """Every night: delete received files that have had their time."""
    decide.tidy(now=datetime.fromtimestamp(timestamp, UTC))


@app.task(name="statements.decide_conflicts", priority=Lane.REST.priority)
def decide_conflicts(*, usage_import_id: int, decision: str, by: int) -> None:
    """Decide about every record of an import that was kept apart, as somebody said."""
    conflicts.decide_all(usage_import_id, decision, by=Account.objects.get(pk=by), now=timezone.now())


@app.task(name="statements.go_on_with_payments", priority=Lane.REST.priority)
def go_on_with_payments(*, file_id: int) -> None:
    """Check a file of payments that was received, or store one that was confirmed."""
    payment_work.go_on(file_id)


@app.periodic(cron="* * * * *")
@app.task(name="statements.take_up_payments", queueing_lock="statements.take_up_payments", priority=Lane.REST.priority)
def take_up_payments(timestamp: int) -> None:
    """Every minute: see to it that no file of payments waits for a worker that died."""
    payment_files.take_up()


@app.periodic(cron="42 3 * * *")
@app.task(name="statements.tidy_payments", queueing_lock="statements.tidy_payments", priority=Lane.REST.priority)
def tidy_payments(timestamp: int) -> None:
    """Every night: delete files of payments that have had their time."""
    payment_files.tidy(now=timezone.now())


@app.task(name="statements.compare_versions", priority=Lane.REST.priority)
def compare_versions(*, comparison_id: int) -> None:
    """Rate a month under two versions, as somebody asked."""
    comparing.work_out(comparison_id, now=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(
    name="statements.take_up_comparisons", queueing_lock="statements.take_up_comparisons", priority=Lane.REST.priority
)
def take_up_comparisons(timestamp: int) -> None:
    """Every minute: see to it that no comparison waits for a worker that died."""
    comparing.take_up()


@app.periodic(cron="45 3 * * *")
@app.task(
    name="statements.forget_comparisons", queueing_lock="statements.forget_comparisons", priority=Lane.REST.priority
)
def forget_comparisons(timestamp: int) -> None:
    """Every night: delete comparisons of tariffs that have had their time."""
    comparing.forget_old(now=datetime.fromtimestamp(timestamp, UTC))
