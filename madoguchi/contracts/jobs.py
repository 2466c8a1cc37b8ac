"""Background work of this room. A job names a row; the code itself never enters the queue."""

from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from madoguchi.contracts import forgetting
from madoguchi.contracts.imports import uploads, work
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


@app.task(name="contracts.go_on_with_upload", priority=Lane.REST.priority)
def go_on_with_upload(*, upload_id: int) -> None:
    """Check files that were received, or store those that were confirmed."""
    work.go_on(upload_id)


@app.periodic(cron="* * * * *")
@app.task(name="contracts.take_up_uploads", queueing_lock="contracts.take_up_uploads", priority=Lane.REST.priority)
def take_up_uploads(timestamp: int) -> None:
    """Every minute: see to it that no upload waits for a worker that died."""
    uploads.take_up()


@app.periodic(cron="45 3 * * *")
@app.task(name="contracts.tidy_uploads", queueing_lock="contracts.tidy_uploads", priority=Lane.REST.priority)
def tidy_uploads(timestamp: int) -> None:
    """Every night: delete uploaded files that have had their time."""
    uploads.tidy(now=timezone.now())
