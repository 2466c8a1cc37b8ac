"""Background jobs of this room. Thin: each names rows and calls a verb."""

from datetime import UTC, datetime

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from madoguchi.lib.lanes import Lane

from .closing import close, keeping, schedule
from .models import ClosingRun


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
