"""Background work of this room. A job names a row; the code itself never enters the queue."""

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from madoguchi.contracts import forgetting
from madoguchi.contracts.models import Dispatch, Passcode
from madoguchi.delivery.telephony import Unreachable
from madoguchi.lib.lanes import Lane

TRIES = 4


@app.task(
    name="contracts.deliver_code",
    priority=Lane.CODES.priority,
    retry=RetryStrategy(max_attempts=TRIES, linear_wait=5, retry_exceptions={Unreachable}),
    pass_context=True,
)
def deliver_code(context: JobContext, *, dispatch_id: int) -> None:
    attempts = context.job.attempts if context.job else 0
    Dispatch.objects.select_related("passcode").get(pk=dispatch_id).deliver(last_try=attempts >= TRIES - 1)


@app.periodic(cron="*/5 * * * *")
@app.task(name="contracts.forget_expired_codes", priority=Lane.REST.priority)
def forget_expired_codes(timestamp: int) -> None:
    Passcode.objects.forget_expired()


@app.periodic(cron="40 3 * * *")
@app.task(name="contracts.forget_old", priority=Lane.REST.priority)
def forget_old(timestamp: int) -> None:
    forgetting.forget_old()
