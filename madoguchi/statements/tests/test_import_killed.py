"""Imports in processes of their own, killed with SIGKILL where it hurts: nothing is stored, and nothing lost."""

import os
import signal
import subprocess
import sys
from datetime import datetime

import pytest
from django.db import connection

from madoguchi.accounts.tests.people import alice
from madoguchi.contracts.tests.household import household
from madoguchi.statements.import_calls import CallFile, import_calls
from madoguchi.statements.load_tariff import SAMPLE, load_tariff
from madoguchi.statements.models import Call, RejectedRow, UsageImport
from madoguchi.statements.tests.test_closing_killed import address
from madoguchi.statements.tests.test_import_calls import row

pytestmark = pytest.mark.django_db(transaction=True)

NOW = "2026-11-22T10:00:00+09:00"
# Batches of a few records; killed after one has been copied, or when all is in its place and only the commit is left.
IMPORT = f"""
import os, signal, sys
from datetime import datetime
from pathlib import Path
import django
django.setup()
from madoguchi.statements import import_calls, store
from madoguchi.statements.formats import files
files.BLOCK = 600

def killed_after(act):
    def acted(*arguments):
        act(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)
    return acted

name = sys.argv[2]
setattr(store.Store, name, killed_after(getattr(store.Store, name)))
file = import_calls.CallFile(Path(sys.argv[1]), "asterisk", "test")
import_calls.import_calls(file, now=datetime.fromisoformat("{NOW}"), commit=True)
"""
TABLES = "SELECT count(*) FROM pg_class WHERE relname ~ '^statements_import_[0-9]+_'"


@pytest.mark.parametrize("where", ["take", "finish"])
def test_killed_it_has_stored_nothing_and_can_be_run_again(tmp_path, time_machine, where):
    time_machine.move_to(datetime.fromisoformat(NOW))
    load_tariff(SAMPLE)
    household(holder=alice())
    path = tmp_path / "calls.csv"
    path.write_text("".join(row(uniqueid=f"1793494800.{n}") for n in range(20)) + "bad\n")
    environment = {**os.environ, "DATABASE_URL": address(), "MADOGUCHI_VAR": str(tmp_path / "var")}
    command = [sys.executable, "-c", IMPORT, str(path), where]
    killed = subprocess.run(command, env=environment, check=False)  # noqa: S603 - ourselves
    assert killed.returncode == -signal.SIGKILL
    assert not UsageImport.objects.exists()
    assert not Call.objects.exists()
    assert not RejectedRow.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        assert cursor.fetchone() == (0,)
    outcome = import_calls(CallFile(path, "asterisk", "test"), now=datetime.fromisoformat(NOW), commit=True)
    assert (outcome.stored, outcome.rejected, Call.objects.count()) == (20, 1, 20)
