"""What inquiries leave to the worker."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from madoguchi.inquiries import letting_go
from madoguchi.lib.lanes import Lane


@app.periodic(cron="57 3 * * *")
@app.task(name="inquiries.settle", priority=Lane.REST.priority)
def settle(timestamp: int) -> None:
    """Every night: close what was answered and left alone, and delete what was closed long ago."""
    now = datetime.fromtimestamp(timestamp, UTC)
    letting_go.settle(now=now)
    letting_go.forget(now=now)
