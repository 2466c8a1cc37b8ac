"""Background jobs of this room. Thin: each names rows and calls a verb."""

from datetime import UTC, datetime

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from madoguchi.lib.lanes import Lane
from madoguchi.notices import (
    audience,
    course,
    digest,
    overdue,
    register_address,
    remind,
    schedule,
    webhook_calls,
    webhooks,
)


@app.task(name="notices.write_letters", retry=RetryStrategy(max_attempts=10, exponential_wait=2))
def write_letters(*, mailing_id: int) -> None:
    """Write the letters of a mailing about a notice; run again, it goes on where it stopped."""
    audience.write_letters(mailing_id=mailing_id)


# Hours open at full hours of the customer's zone, and zones differ by quarters of an hour.
@app.periodic(cron="*/5 * * * *")
@app.task(name="notices.release_held", queueing_lock="notices.release_held", pass_context=False)
def release_held(timestamp: int) -> None:
    """Send what was held for a destination's hours once they open, together."""
    digest.release_held()


@app.periodic(cron="37 * * * *")
@app.task(name="notices.purge_address_changes", priority=Lane.REST.priority)
def purge_address_changes(timestamp: int) -> None:
    """Every hour: forget new delivery addresses nobody confirmed."""
    register_address.purge(now=datetime.fromtimestamp(timestamp, UTC))


# Each scheduled report has a job of its own for its moment; this one makes up for moments that passed meanwhile.
@app.periodic(cron="* * * * *")
@app.task(name="notices.publish_due", pass_context=False)
def publish_due(timestamp: int) -> None:
    """Publish the drafts whose moment has come."""
    schedule.publish_due()


@app.periodic(cron="* * * * *")
@app.task(name="notices.move_due", queueing_lock="notices.move_due", pass_context=False)
def move_due(timestamp: int) -> None:
    """Let planned work begin and end that does so by itself."""
    course.move_due()


@app.periodic(cron="* * * * *")
@app.task(name="notices.remind_due", queueing_lock="notices.remind_due", pass_context=False)
def remind_due(timestamp: int) -> None:
    """Remind customers of planned work."""
    remind.remind_due()


@app.periodic(cron="* * * * *")
@app.task(name="notices.tell_overdue", queueing_lock="notices.tell_overdue", pass_context=False)
def tell_overdue(timestamp: int) -> None:
    """Tell the staff on duty of reports that are due."""
    overdue.tell_overdue()


@app.task(name="notices.write_webhook_calls", retry=RetryStrategy(max_attempts=10, exponential_wait=2))
def write_webhook_calls(*, notice_id: int, event: str, ordinal: int) -> None:
    """Write what customers' programs are told of an event."""
    webhook_calls.write(notice_id=notice_id, event=event, ordinal=ordinal)


@app.periodic(cron="* * * * *")
@app.task(name="notices.send_webhook_calls", priority=Lane.REST.priority, pass_context=False)
def send_webhook_calls(timestamp: int) -> None:
    """Call customers' programs with what is due."""
    webhook_calls.send_due()


@app.periodic(cron="52 * * * *")
@app.task(name="notices.purge_webhook_calls", priority=Lane.REST.priority)
def purge_webhook_calls(timestamp: int) -> None:
    """Every hour: forget old calls and former secrets."""
    webhooks.purge(now=datetime.fromtimestamp(timestamp, UTC))
