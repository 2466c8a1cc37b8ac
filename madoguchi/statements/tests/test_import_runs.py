"""The worker's part of an import in transactions of its own: progress seen from outside, killed, taken up again."""

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests.people import alice, staff
from madoguchi.contracts.tests.household import household
from madoguchi.lib import beside
from madoguchi.statements.imports import decide, queue, work
from madoguchi.statements.imports.progress import stands
from madoguchi.statements.imports.receive import Reading, receive
from madoguchi.statements.load_tariff import SAMPLE, load_tariff
from madoguchi.statements.models import Call, ImportRun, UsageImport
from madoguchi.statements.store import Store
from madoguchi.statements.tests.test_closing_killed import address
from madoguchi.statements.tests.test_import_calls import row

pytestmark = pytest.mark.django_db(transaction=True)

NOW = "2026-11-22T10:00:00+09:00"
KILLED = f"""
import os, signal, sys
from datetime import datetime
import django
django.setup()
from madoguchi.statements import store
from madoguchi.statements.imports import work

def killed(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)

store.Store.finish = killed
work.go_on(int(sys.argv[1]), now=datetime.fromisoformat("{NOW}"))
"""


@pytest.fixture
def run(time_machine, settings, tmp_path):
    time_machine.move_to(datetime.fromisoformat(NOW))
    settings.RECEIVED = tmp_path / "received"
    load_tariff(SAMPLE)
    household(holder=alice())
    content = "".join(row(uniqueid=f"1793494800.{n}") for n in range(20)).encode()
    upload, reading = SimpleUploadedFile("calls.csv", content), Reading("asterisk", "east", "Asia/Tokyo")
    return receive(upload, reading, by=staff(StaffRole.BILLING), now=timezone.now())


def state(run):
    run.refresh_from_db()
    return run.state


def confirmed(run):
    work.go_on(run.pk, now=timezone.now())
    assert state(run) == "checked"
    assert decide.confirm(run, by=staff(StaffRole.ADMINISTRATOR), now=timezone.now())
    return run


def test_how_far_it_is_can_be_seen_while_its_transaction_runs(run, monkeypatch):
    monkeypatch.setattr(beside, "EVERY", 0.0)
    seen, finish = [], Store.finish

    def looked_at(store):
        other = connections.create_connection("default")
        with other.cursor() as cursor:
            cursor.execute("SELECT state, records_read, bytes_read, tries FROM statements_importrun")
            seen.append(cursor.fetchone())
        other.close()
        return finish(store)

    monkeypatch.setattr(Store, "finish", looked_at)
    work.go_on(run.pk, now=timezone.now())
    assert seen == [("checking", 20, run.size, 1)]
    assert (state(run), run.stored, run.tries, UsageImport.objects.count()) == ("checked", 20, 0, 0)


def test_killed_in_the_middle_it_has_stored_nothing_and_another_worker_takes_it_up(run):
    confirmed(run)
    environment = {**os.environ, "DATABASE_URL": address(), "MADOGUCHI_RECEIVED": str(Path(run.path).parent)}
    command = [sys.executable, "-c", KILLED, str(run.pk)]
    killed = subprocess.run(command, env=environment, check=False)  # noqa: S603 - ourselves
    assert killed.returncode == -signal.SIGKILL
    assert (state(run), run.tries, Call.objects.count(), UsageImport.objects.count()) == ("importing", 1, 0, 0)
    ProcrastinateJob.objects.all()._raw_delete("default")
    queue.take_up()
    queue.take_up()  # a job that waits is not queued twice
    (job,) = ProcrastinateJob.objects.filter(task_name="statements.go_on_with_import")
    work.go_on(**job.args, now=timezone.now())
    assert (state(run), Call.objects.count()) == ("done", 20)
    assert not Path(run.path or "gone").exists()


def test_three_interruptions_are_enough(run):
    confirmed(run)
    ImportRun.objects.update(state="importing", tries=3)
    work.go_on(run.pk, now=timezone.now())
    assert (state(run), run.reason, Call.objects.count()) == ("refused", "interrupted", 0)


def test_two_workers_at_one_run(run):
    """Who comes second leaves it to the first."""
    confirmed(run)
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('statements_importrun'), %s)", [run.pk])
        work.go_on(run.pk, now=timezone.now())
        assert state(run) == "confirmed"
        # Closing alone frees the lock some time later.
        cursor.execute("SELECT pg_advisory_unlock(hashtext('statements_importrun'), %s)", [run.pk])
    other.close()
    work.go_on(run.pk, now=timezone.now())
    work.go_on(run.pk, now=timezone.now())
    assert (state(run), Call.objects.count()) == ("done", 20)


def test_that_it_stands_behind_another_import_can_be_seen(run):
    ended = Event()

    def worker():
        try:
            work.go_on(run.pk, now=timezone.now())
        finally:
            connections["default"].close()
            ended.set()

    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('statements_import'))")
        assert not stands(run.pk)
        Thread(target=worker).start()
        while not stands(run.pk):
            assert not ended.wait(0.02)
        assert (state(run), stands(run.pk + 1)) == ("checking", False)
    other.close()
    assert ended.wait(60)
    assert (state(run), stands(run.pk)) == ("checked", False)


def test_a_file_that_changed_after_its_check_is_not_imported(run):
    confirmed(run)
    with Path(run.path).open("a", encoding="utf-8") as file:
        file.write(row(uniqueid="1793494800.99"))
    work.go_on(run.pk, now=timezone.now())
    assert (state(run), run.reason, Call.objects.count()) == ("refused", "changed", 0)


def test_a_file_that_is_gone(run):
    confirmed(run)
    Path(run.path).unlink()
    work.go_on(run.pk, now=timezone.now())
    assert (state(run), run.reason) == ("refused", "gone")
