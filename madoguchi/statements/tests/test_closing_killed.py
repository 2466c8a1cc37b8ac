"""Closings in processes of their own: killed with SIGKILL where it hurts, and two at once."""

import os
import subprocess
import sys
from datetime import datetime
from urllib.parse import quote, urlencode

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from madoguchi.statements.closing import close
from madoguchi.statements.closing.parts import of_bill
from madoguchi.statements.models import Bill, BillingMonth, ClosingShard
from madoguchi.statements.tests.october import OCTOBER, october

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _today(time_machine):
    time_machine.move_to(datetime.fromisoformat("2026-11-22T10:00:00+09:00"))


@pytest.fixture
def closing(_today, tmp_path, time_machine):
    october(tmp_path)
    return close.begin(OCTOBER, now=timezone.now())


def address():
    database = connection.settings_dict
    account = quote(database["USER"]) + (f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else "")
    host = urlencode({"host": database["HOST"]})
    return f"postgresql://{account}@:{database['PORT'] or 5432}/{database['NAME']}?{host}"


@pytest.fixture
def closer(tmp_path):
    """Begin ``madoguchi close_month 2026-10`` as a process."""
    running = []

    def begun():
        environment = {**os.environ, "DATABASE_URL": address(), "MADOGUCHI_VAR": str(tmp_path / "var")}
        command = [sys.executable, "-m", "madoguchi", "close_month", "2026-10"]
        running.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True))  # noqa: S603 - ourselves
        return running[-1]

    yield begun
    for process in running:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


@pytest.fixture
def held():
    """Another session that holds a row, so that whoever needs it waits."""
    with psycopg.connect(address()) as other:

        def hold(statement):
            other.execute(statement)
            return other

        yield hold


def until_it_waits(other):
    """Until a process waits for the row that ``other`` holds."""
    blocked = "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
    pid = other.info.backend_pid
    with psycopg.connect(address(), autocommit=True) as watch:
        while watch.execute(blocked, [pid]).fetchone() == (0,):
            watch.execute("SELECT pg_sleep(0.02)")


def kill_waiting(process, other):
    until_it_waits(other)
    process.kill()
    process.wait()
    other.rollback()


def nothing_is_seen_and_all_is_there_once_it_is_run_again(closing):
    assert not Bill.objects.issued().exists()
    assert BillingMonth.objects.get().state == BillingMonth.State.CLOSING
    assert close.close_month(OCTOBER, now=timezone.now()) == closing
    assert sorted(Bill.objects.values_list("number", "total")) == [("202610-0000001", 221), ("202610-0000002", 12)]
    assert all(of_bill(bill).adds_up() for bill in Bill.objects.all())


BILL_OF_ANOTHER = """
INSERT INTO statements_bill (run_id, month, contract_id, customer_id, number, due_on,
                             lines, discount, fees, adjustments, brought, carried, tax, cut, total)
SELECT run.id, run.month, contract.id, contract.customer_id, '', run.month, 0, 0, 0, 0, 0, 0, 0, 0, 0
FROM statements_closingrun run, contracts_contract contract ORDER BY contract.id % 8 DESC LIMIT 1
"""


def test_killed_within_a_part_it_leaves_nothing_of_it(closing, closer, held):
    """A bill is being written, and waits for one of the same contract and month; the part before it is done."""
    other = held(BILL_OF_ANOTHER)
    kill_waiting(closer(), other)
    assert Bill.objects.count() == 1
    assert ClosingShard.objects.filter(finished_at=None).exists()
    nothing_is_seen_and_all_is_there_once_it_is_run_again(closing)


def test_killed_at_the_end_it_numbers_and_closes_when_run_again(closing, closer, held):
    close.work(closing)
    kill_waiting(closer(), held("SELECT 1 FROM statements_bill FOR UPDATE"))
    assert not ClosingShard.objects.filter(finished_at=None).exists()
    nothing_is_seen_and_all_is_there_once_it_is_run_again(closing)


def test_two_closing_at_once_make_every_bill_once(closing, closer, held):
    other = held("SELECT 1 FROM statements_closingshard FOR UPDATE")
    process = closer()
    until_it_waits(other)
    other.rollback()
    close.close_month(OCTOBER, now=timezone.now())
    assert "2026-10 is closed" in process.communicate()[0]
    assert process.returncode == 0
    assert sorted(Bill.objects.values_list("number", flat=True)) == ["202610-0000001", "202610-0000002"]
    assert BillingMonth.objects.get().state == BillingMonth.State.CLOSED
