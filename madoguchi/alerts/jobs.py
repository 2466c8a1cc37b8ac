"""Background jobs of this room."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from madoguchi.alerts.look import look
from madoguchi.lib.lanes import Lane


@app.periodic(cron="* * * * *")
@app.task(name="alerts.look", queueing_lock="alerts.look", priority=Lane.REST.priority)
def look_for_alerts(timestamp: int) -> None:
    """Every minute: alerts of the imports that ended since; without any, a look at one row."""
    look(now=datetime.fromtimestamp(timestamp, UTC))
