"""Background jobs of this room. Thin: each names rows and calls a verb."""

from datetime import UTC, datetime

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from madoguchi.lib.lanes import Lane
from madoguchi.notices import audience, register_address


@app.task(name="notices.write_letters", retry=RetryStrategy(max_attempts=10, exponential_wait=2))
def write_letters(*, mailing_id: int) -> None:
    """Write the letters of a report's mailing; run again, it goes on where it stopped."""
    audience.write_letters(mailing_id=mailing_id)


# Hours open at full hours of the customer's zone, and zones differ by quarters of an hour.
@app.periodic(cron="*/5 * * * *")
@app.task(name="notices.release_held", queueing_lock="notices.release_held", pass_context=False)
def release_held(timestamp: int) -> None:
    """Send what was held for a destination's hours once they open."""
    audience.release_held()


@app.periodic(cron="37 * * * *")
@app.task(name="notices.purge_address_changes", priority=Lane.REST.priority)
def purge_address_changes(timestamp: int) -> None:
    """Every hour: forget new delivery addresses nobody confirmed."""
    register_address.purge(now=datetime.fromtimestamp(timestamp, UTC))
