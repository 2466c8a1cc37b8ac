"""The jobs as a worker runs them: real rows, a worker that dies, another that goes on."""

import asyncio

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.delivery.jobs import take_over_jobs
from madoguchi.delivery.management.commands.worker import run_jobs
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def published():
    # The jobs' tables are not Django's own: nobody empties them between tests.
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
    service = make.service()
    hanako = make.account("hanako")
    make.follows(hanako, service)
    make.reads(hanako)
    return make.trouble(service).publish(by=None, at=NOW)


def _work() -> None:
    """A worker that does what is there and ends."""
    asyncio.run(run_jobs(concurrency=1, wait=False))


def test_a_worker_writes_the_letters_of_what_was_published(published):
    _work()
    assert Letter.objects.get(mailing__renderer="notices.report").address == "hanako@example.jp"
    assert Mailing.objects.get(renderer="notices.report").checkpoint is None


def test_a_job_whose_worker_died_is_taken_over(published):
    _worker_died()
    asyncio.run(_take_over())
    assert ProcrastinateJob.objects.filter(task_name="notices.write_letters", status="todo").exists()
    _work()
    assert Letter.objects.get(mailing__renderer="notices.report").address == "hanako@example.jp"


def test_of_a_job_that_waits_again_the_one_whose_worker_died_ends(published):
    job = app.configure_task("statements.go_on_with_import", lock="one at a time", queueing_lock="this file")
    job.defer(run_id=0)
    _worker_died()
    job.defer(run_id=0)
    asyncio.run(_take_over())
    of_import = ProcrastinateJob.objects.filter(task_name="statements.go_on_with_import").order_by("id")
    assert list(of_import.values_list("status", flat=True)) == ["aborted", "todo"]
    assert ProcrastinateJob.objects.filter(task_name="notices.write_letters", status="todo").exists()


def _worker_died() -> None:
    """Whatever is to be done was begun by a worker that is no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '1 minute') RETURNING id)"
            " UPDATE procrastinate_jobs SET status = 'doing', worker_id = dead.id FROM dead"
        )


async def _take_over() -> None:
    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        async with app.open_async():
            await take_over_jobs.func(timestamp=0)
