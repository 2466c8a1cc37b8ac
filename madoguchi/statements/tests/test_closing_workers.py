"""A closing shared by two real workers, one of which is killed within a part."""

import os
import subprocess
import sys
from datetime import datetime

import psycopg
import pytest
from django.utils import timezone
from procrastinate.contrib.django import app

from madoguchi.delivery.jobs import take_over_jobs
from madoguchi.statements.closing import schedule
from madoguchi.statements.closing.parts import of_bill
from madoguchi.statements.models import Bill, BillingMonth
from madoguchi.statements.tests.october import OCTOBER, october
from madoguchi.statements.tests.test_closing_killed import address

pytestmark = pytest.mark.django_db(transaction=True)

# Not committed, it keeps waiting whoever settles the contract of the first part that has one.
BILL_OF_ANOTHER = """
INSERT INTO statements_bill (run_id, month, contract_id, customer_id, number, due_on,
                             lines, discount, fees, adjustments, brought, carried, tax, cut, total)
SELECT run.id, run.month, contract.id, contract.customer_id, '', run.month, 0, 0, 0, 0, 0, 0, 0, 0, 0
FROM statements_closingrun run, contracts_contract contract
JOIN statements_call call ON call.contract_id = contract.id ORDER BY contract.id % 8 LIMIT 1
"""
WAITS = "SELECT count(*) > 0 FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
ONE_LEFT = "SELECT count(*) = 1 FROM statements_closingshard WHERE finished_at IS NULL"
CLOSED = "SELECT count(*) = 1 FROM statements_billingmonth WHERE closed_at IS NOT NULL"
BY = "SELECT worker_id, status FROM procrastinate_jobs WHERE task_name = 'statements.close_part'"
LONG_SILENT = "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute' WHERE id = %s"


@pytest.fixture
def session():
    with psycopg.connect(address(), autocommit=True) as watching:
        yield watching


@pytest.fixture
def until(session):
    def waited(question, *values):
        while session.execute(question, values).fetchone() == (False,):
            session.execute("SELECT pg_sleep(0.02)")

    return waited


@pytest.fixture
def worker(tmp_path):
    """Begin ``madoguchi worker`` as a process."""
    running = []

    def begun():
        environment = {**os.environ, "DATABASE_URL": address(), "MADOGUCHI_VAR": str(tmp_path / "var")}
        command = [sys.executable, "-m", "madoguchi", "worker", "--only", "jobs", "--concurrency", "1"]
        running.append(subprocess.Popen(command, env=environment))  # noqa: S603 - ourselves
        return running[-1]

    yield begun
    for process in running:
        process.kill()
        process.wait()


def test_what_a_killed_worker_had_begun_another_does(tmp_path, time_machine, session, until, worker):
    time_machine.move_to(datetime.fromisoformat("2026-11-22T10:00:00+09:00"))
    october(tmp_path)
    schedule.begin(OCTOBER, now=timezone.now())
    with psycopg.connect(address()) as holding:
        holding.execute(BILL_OF_ANOTHER)
        first = worker()
        until(WAITS, holding.info.backend_pid)
        worker()
        until(ONE_LEFT)
        first.kill()
        first.wait()
        holding.rollback()
    parts = session.execute(BY).fetchall()
    (dead,) = [by for by, status in parts if status == "doing"]
    assert len(parts) == 8
    assert len({by for by, _status in parts}) == 2
    assert BillingMonth.objects.get().state == BillingMonth.State.CLOSING
    session.execute(LONG_SILENT, [dead])
    app.configure_task(take_over_jobs.name).defer(timestamp=0)
    until(CLOSED)
    assert sorted(Bill.objects.values_list("number", "total")) == [("202610-0000001", 221), ("202610-0000002", 12)]
    assert all(of_bill(bill).adds_up() for bill in Bill.objects.all())
