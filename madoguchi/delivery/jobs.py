"""Jobs of the worker about itself."""

from datetime import UTC, datetime

import structlog
from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from madoguchi.delivery import days, pace
from madoguchi.delivery.models import Mailing, SeenCallback
from madoguchi.delivery.returns import crowds, mailbox, refused, suppression, take
from madoguchi.lib.lanes import Lane

log = structlog.get_logger(__name__)


# A worker reports every 10 seconds and counts as dead after 30; its jobs are those of the whole product.
@app.periodic(cron="* * * * *")
@app.task(
    name="delivery.take_over_jobs",
    priority=Lane.CODES.priority,
    queueing_lock="delivery.take_over_jobs",
    pass_context=False,
)
async def take_over_jobs(timestamp: int) -> None:
    """Every minute: give the jobs of workers that died in the middle to the living, from their beginning.

    Every job can be run again: it goes on where its data says it stopped. Where the same job waits in the queue
    already, that one does so, and the dead one ends: until then it keeps its lock, and all who need it waiting.
    """
    for job in await app.job_manager.get_stalled_jobs():
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:
            await app.job_manager.finish_job(job, Status.ABORTED, delete_job=False)
        log.warning("job.taken_over", task=job.task_name, job=job.id)


@app.periodic(cron="23 3 * * *")
@app.task(name="delivery.forget_callbacks", priority=Lane.REST.priority)
def forget_callbacks(timestamp: int) -> None:
    """Every night: forget callbacks of the telephone gateway that are too old to come again."""
    SeenCallback.forget()


@app.task(name="delivery.call_off")
def call_off(*, mailing_id: int) -> None:
    """Skip the letters of a cancelled mailing that have not left."""
    Mailing.objects.get(pk=mailing_id).cancel()


@app.task(name="delivery.try_again")
def try_again(*, mailing_id: int) -> None:
    """Queue the failed letters of a mailing again."""
    Mailing.objects.get(pk=mailing_id).retry_failed()


@app.periodic(cron="* * * * *")
@app.task(
    name="delivery.count_mailings",
    priority=Lane.REST.priority,
    queueing_lock="delivery.count_mailings",
    pass_context=False,
)
def count_mailings(timestamp: int) -> None:
    """Every minute: count how far the mailings are, for whoever looks next."""
    pace.keep_up()


@app.periodic(cron="29 3 * * *")
@app.task(name="delivery.forget_returns", priority=Lane.REST.priority, pass_context=False)
def forget_returns(timestamp: int) -> None:
    """Every night: forget what came back long ago, and suppressions lifted long ago."""
    now = datetime.fromtimestamp(timestamp, UTC)
    take.purge(now=now)
    suppression.purge(now=now)


@app.periodic(cron="* * * * *")
@app.task(
    name="delivery.look_into_mailbox",
    priority=Lane.REST.priority,
    queueing_lock="delivery.look_into_mailbox",
    lock="delivery.look_into_mailbox",
    pass_context=False,
)
def look_into_mailbox(timestamp: int) -> None:
    """Every minute: take in what came back to the mailbox of the settings, where there is one."""
    if settings.RETURN_MAILBOX_URL:
        try:
            mailbox.look()
        except mailbox.Away as away:
            log.warning("returns.mailbox_away", error=str(away))


@app.periodic(cron="* * * * *")
@app.task(
    name="delivery.judge_refusals",
    priority=Lane.REST.priority,
    queueing_lock="delivery.judge_refusals",
    lock="delivery.judge_refusals",
    pass_context=False,
)
def judge_refusals(timestamp: int) -> None:
    """Every minute: draw what follows for the addresses of letters that relays refused."""
    refused.feed()
    crowds.settle()


@app.periodic(cron="*/10 * * * *")
@app.task(
    name="delivery.count_days",
    priority=Lane.REST.priority,
    queueing_lock="delivery.count_days",
    pass_context=False,
)
def count_days(timestamp: int) -> None:
    """Every ten minutes: count what became of the letters of today and yesterday."""
    days.keep_up()
