"""A command that waits for a lock says for whose."""

import threading

import psycopg
import pytest
from django.db import connection, transaction

from madoguchi.lib.postgresql import waits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other():
    """Another process's connection."""
    ours = connection.get_connection_params()
    with psycopg.connect(**{name: ours[name] for name in ("dbname", "user", "host", "port") if name in ours}) as made:
        yield made


def test_who_is_waited_for_is_said_once_and_then_it_goes_on(other, monkeypatch):
    monkeypatch.setattr(waits, "PATIENCE", 0.01)
    other.execute("SELECT set_config('application_name', 'madoguchi: taking a file in', true)")
    other.execute("SELECT pg_advisory_xact_lock(4711)")
    said: list[str] = []

    def say(line):
        said.append(line)
        other.rollback()

    with waits.told(say), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(4711)")
    (line,) = said
    pid = other.info.backend_pid
    assert line.startswith(f"Waiting for another process: madoguchi: taking a file in (database process {pid}, since ")
    assert not [thread for thread in threading.enumerate() if thread.name.endswith("(_watch)")]


def test_who_waits_for_nobody_says_nothing(monkeypatch):
    monkeypatch.setattr(waits, "PATIENCE", 0.0)
    said: list[str] = []
    with waits.told(said.append), connection.cursor() as cursor:
        for _n in range(20):
            cursor.execute("SELECT 1")
    assert not said


def test_what_a_transaction_does_is_seen_until_its_end(other):
    ours = connection.connection.info.backend_pid if connection.connection else None
    with transaction.atomic():
        waits.doing("closing a month")
        ours = connection.connection.info.backend_pid
        seen = other.execute("SELECT application_name FROM pg_stat_activity WHERE pid = %s", [ours]).fetchone()
        assert seen == ("madoguchi: closing a month",)
    other.rollback()
    seen = other.execute("SELECT application_name FROM pg_stat_activity WHERE pid = %s", [ours]).fetchone()
    assert seen != ("madoguchi: closing a month",)
