"""A pytest plugin that starts the embedded database. Named in pyproject.toml, so that it comes before pytest-django,
which reads the settings earlier than any conftest.

The processes of pytest-xdist share one run of the migrations: the first to need a database makes the template, and each
works in a copy of it.
"""

import fcntl
import os
import tempfile
from pathlib import Path
from typing import Any

import psycopg
import pytest

_folder = Path(os.environ.get("MADOGUCHI_TEST_VAR") or Path(tempfile.gettempdir()) / f"madoguchi-test-{os.getuid()}")
os.environ.setdefault("MADOGUCHI_VAR", str(_folder))
# Tests read the static files where they lie; collecting them is the demo's and the installation's business.
os.environ.setdefault("MADOGUCHI_STATIC", "plain")
if not os.environ.get("DATABASE_URL"):
    from madoguchi.demo import embedded

    os.environ["DATABASE_URL"] = embedded.start(_folder / "postgresql", durable=False)

TEMPLATE = "test_madoguchi_template"
_hands_out: list[bool] = []


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """The process that hands out the tests forgets the template of a run that was broken off."""
    if not _hands_out:
        _hands_out.append(True)
        _forget_template()


def pytest_unconfigure() -> None:
    if _hands_out:
        _forget_template()


def _forget_template() -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")


def migrated_template() -> str:
    """The name of a database with all tables and nothing in them, to which nobody is connected."""
    from django.db import connection

    ours = connection.settings_dict
    name, test = ours["NAME"], dict(ours["TEST"])
    with (_folder / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(os.environ["DATABASE_URL"]) as before:
            found = before.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone()
        if not found:
            ours["TEST"]["NAME"] = TEMPLATE
            connection.creation.create_test_db(verbosity=0, serialize=False)
            connection.close()
            ours["NAME"] = name
            ours["TEST"].update(test)
    return TEMPLATE
