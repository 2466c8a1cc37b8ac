"""Background work of this room."""

from procrastinate.contrib.django import app

from madoguchi.lib.lanes import Lane
from madoguchi.provider import forgetting


@app.periodic(cron="20 * * * *")
@app.task(name="provider.forget_old", priority=Lane.REST.priority)
def forget_old(timestamp: int) -> None:
    forgetting.forget_old()
